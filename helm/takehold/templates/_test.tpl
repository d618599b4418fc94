{{/* A failed test stays, so that its log can be read. */}}
{{- define "takehold.testHook" -}}
helm.sh/hook: test
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
