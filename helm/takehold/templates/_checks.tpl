{{/* Values that cannot work together. Each is refused in a sentence that says what would be right. */}}

{{- define "takehold.checks" -}}
{{- include "takehold.checkDatabase" . }}
{{- include "takehold.checkSqlite" . }}
{{- include "takehold.checkSecrets" . }}
{{- include "takehold.checkConfig" . }}
{{- include "takehold.checkBackup" . }}
{{- include "takehold.checkRest" . }}
{{- end }}

{{- define "takehold.checkDatabase" -}}
{{- with .Values.database }}
{{- if and .url .existingSecret }}
{{- fail "database.url and database.existingSecret are both set: set one of them" }}
{{- end }}
{{- if and .url (not (regexMatch "^(sqlite|postgres|postgresql)://" .url)) }}
{{- fail "database.url begins with neither postgres:// nor sqlite://: write postgres://USER:PASSWORD@HOST/NAME, or leave it empty for SQLite on the chart's volume" }}
{{- end }}
{{- $folder := printf "%s/" (include "takehold.dataFolder" $) }}
{{- if and (hasPrefix "sqlite:" .url) (or (not (hasPrefix (printf "sqlite://%s" $folder) .url)) (contains "/../" .url)) }}
{{- fail (printf "database.url names a SQLite file outside of %s, where nothing can be written or kept: write sqlite://%stakehold.db, or leave it empty" $folder $folder) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.checkSqlite" -}}
{{- if not (include "takehold.isPostgres" .) }}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "replicaCount is %d, but SQLite takes exactly 1 server: set replicaCount to 1, or name a PostgreSQL in database.url or database.existingSecret" (int .Values.replicaCount)) }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- fail "autoscaling.enabled is set, but SQLite takes exactly 1 server: unset it, or name a PostgreSQL in database.url or database.existingSecret" }}
{{- end }}
{{- if .Values.updateStrategy }}
{{- fail "updateStrategy is set, but with SQLite the old server always ends before the new one starts: unset it, or name a PostgreSQL in database.url or database.existingSecret" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.checkSecrets" -}}
{{- with .Values.bootstrap }}
{{- if and .ownerEmail (not .existingSecret) }}
{{- fail "bootstrap.ownerEmail is set without bootstrap.existingSecret: name the Secret that holds the owner's password" }}
{{- end }}
{{- if and .existingSecret (not .ownerEmail) }}
{{- fail "bootstrap.existingSecret is set without bootstrap.ownerEmail: name the owner whose password it holds" }}
{{- end }}
{{- end }}
{{- with .Values.outbound.caBundle }}
{{- if gt (len (compact (list .existingConfigMap .existingSecret .pem))) 1 }}
{{- fail "outbound.caBundle takes one of existingConfigMap, existingSecret and pem: set one of them" }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if contains (printf "- name: %s\n" .name) (include "takehold.environment" $) }}
{{- fail (printf "extraEnv sets %s, which the chart sets itself: use the value that it comes from" .name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A ConfigMap is no place for secrets, and a setting has one source. */}}
{{- define "takehold.checkConfig" -}}
{{- $elsewhere := dict
  "data_dir" "the chart's fixed folder"
  "database" "database.url or database.existingSecret"
  "bootstrap" "bootstrap.ownerEmail and bootstrap.existingSecret"
  "backup" "the values under backup"
  "outbound" "the values under outbound"
  "server.listen" "listenAddress"
  "server.public_url" "publicUrl"
  "server.secret_key" "secretKey.existingSecret"
  "server.drain_seconds" "drainSeconds"
  "telemetry.format" "telemetry.format"
  "telemetry.level" "telemetry.level"
  "telemetry.metrics_listen" "metrics.port"
  "telemetry.otlp_endpoint" "telemetry.otlpEndpoint"
  "auth.oidc.client_secret" "auth.oidc.existingSecret"
  "auth.ldap.bind_password" "auth.ldap.existingSecret"
}}
{{- range $key, $place := $elsewhere }}
{{- $table := $.Values.config }}
{{- $parts := splitList "." $key }}
{{- range initial $parts }}
{{- $table = ternary (get $table .) dict (kindIs "map" (get $table .)) }}
{{- end }}
{{- if hasKey $table (last $parts) }}
{{- fail (printf "config.%s does not belong in config: use %s" $key $place) }}
{{- end }}
{{- end }}
{{- $smtp := get .Values.config "smtp" }}
{{- if kindIs "map" $smtp }}
{{- if contains "@" (toString (get $smtp "url")) }}
{{- fail "config.smtp.url holds a password, and a ConfigMap keeps no secrets: put the URL into a Secret and name it in smtp.existingSecret" }}
{{- end }}
{{- if and (hasKey $smtp "url") .Values.smtp.existingSecret }}
{{- fail "config.smtp.url and smtp.existingSecret are both set: set one of them" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.checkBackup" -}}
{{- with .Values.backup }}
{{- if and (include "takehold.isPostgres" $) (not .persistence.enabled) (or .schedule .drillSchedule .encryptTo .keep) }}
{{- fail "backup is configured, but with PostgreSQL backups need a volume of their own: set backup.persistence.enabled" }}
{{- end }}
{{- if and .persistence.enabled (not .persistence.existingClaim) (include "takehold.isMany" $) (not (has "ReadWriteMany" .persistence.accessModes)) }}
{{- fail "backup.persistence.accessModes lacks ReadWriteMany, which several servers need: any of them may be the one that makes the backup" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.checkRest" -}}
{{- with .Values.podDisruptionBudget }}
{{- if and .enabled (ne (toString .minAvailable) "") (ne (toString .maxUnavailable) "") }}
{{- fail "podDisruptionBudget takes minAvailable or maxUnavailable: set one of them" }}
{{- end }}
{{- end }}
{{- if eq (int .Values.metrics.port) 8080 }}
{{- fail "metrics.port is 8080, where the console listens: choose another, or 0 for the same port" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled is set without httpRoute.parentRefs: name the gateway, such as [{name: GATEWAY, namespace: NAMESPACE}]" }}
{{- end }}
{{- end }}
