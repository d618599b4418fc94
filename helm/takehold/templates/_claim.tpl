{{/* A claim that outlives the release unless told otherwise. Context: (list $ NAME PERSISTENCE). */}}
{{- define "takehold.claim" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- with index . 2 }}
{{- if and .enabled (not .existingClaim) }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "takehold.fullname" $root }}-{{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "takehold.labels" (list $root "server" .labels) | nindent 4 }}
  {{- include "takehold.annotations" (list $root (ternary (dict "helm.sh/resource-policy" "keep") dict .keep) .annotations) | nindent 2 }}
spec:
  accessModes:
    {{- toYaml .accessModes | nindent 4 }}
  {{- with .storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ .size }}
{{- end }}
{{- end }}
{{- end }}
