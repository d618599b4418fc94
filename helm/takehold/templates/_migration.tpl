{{/* The migration, which runs before an installation and before an upgrade. */}}

{{- define "takehold.runsMigration" -}}
{{- if and .Values.migration.enabled (include "takehold.isPostgres" .) }}true{{ end }}
{{- end }}

{{- define "takehold.migrationName" -}}
{{ include "takehold.fullname" . }}-migrate
{{- end }}

{{/* Context: the weight; lower comes first. A failed job stays, so that its log can be read. */}}
{{- define "takehold.migrationHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
