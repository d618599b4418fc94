export function ManualPage() {
  return null;
}
