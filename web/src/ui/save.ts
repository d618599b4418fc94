/** Hands a file to the browser's own download. */
export function saveFile(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The click is handled in this task; the address may go in the next.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
