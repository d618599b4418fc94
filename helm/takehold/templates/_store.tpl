{{/* Which store is used, and what follows from it. */}}

{{/* `sqlite` or `postgres`. A Secret holds the URL of a PostgreSQL: SQLite's has nothing to hide. */}}
{{- define "takehold.engine" -}}
{{- if or .Values.database.existingSecret (hasPrefix "postgres" .Values.database.url) }}postgres{{ else }}sqlite{{ end }}
{{- end }}

{{- define "takehold.isPostgres" -}}
{{- if eq (include "takehold.engine" .) "postgres" }}true{{ end }}
{{- end }}

{{- define "takehold.databaseSecret" -}}
{{- default (printf "%s-database" (include "takehold.fullname" .)) .Values.database.existingSecret }}
{{- end }}

{{- define "takehold.databaseSecretKey" -}}
{{- if .Values.database.existingSecret }}{{ .Values.database.existingSecretKey }}{{ else }}url{{ end }}
{{- end }}

{{/* Whether more than one server may run. */}}
{{- define "takehold.isMany" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) }}true{{ end }}
{{- end }}

{{/* The address that people type. */}}
{{- define "takehold.publicUrl" -}}
{{- if .Values.publicUrl }}
{{- .Values.publicUrl }}
{{- else if and .Values.ingress.enabled .Values.ingress.host (not (hasPrefix "*" .Values.ingress.host)) }}
{{- printf "%s://%s" (ternary "https" "http" (gt (len .Values.ingress.tls) 0)) .Values.ingress.host }}
{{- end }}
{{- end }}

{{/* Folders inside the container. */}}
{{- define "takehold.dataFolder" }}/var/lib/takehold{{ end }}
{{- define "takehold.backupFolder" }}/var/lib/takehold-backups{{ end }}
{{- define "takehold.settingsFolder" }}/etc/takehold{{ end }}
