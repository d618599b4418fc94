{{/*
A table as TOML. Helm's own `toToml` writes whole numbers as fractions, which the server refuses. JSON's texts, numbers
and lists of them are TOML as they stand. Context: {table, path}.
*/}}
{{- define "takehold.toml" -}}
{{- $path := .path }}
{{- range $key, $value := .table }}
{{- if not (or (kindIs "map" $value) (kindIs "invalid" $value) (include "takehold.isTables" $value)) }}
{{ include "takehold.tomlKey" $key }} = {{ toRawJson $value }}
{{- end }}
{{- end }}
{{- range $key, $value := .table }}
{{- $name := join "." (append $path (include "takehold.tomlKey" $key)) }}
{{- if kindIs "map" $value }}

[{{ $name }}]
{{- include "takehold.toml" (dict "table" $value "path" (append $path (include "takehold.tomlKey" $key))) }}
{{- else if include "takehold.isTables" $value }}
{{- range $value }}

[[{{ $name }}]]
{{- include "takehold.toml" (dict "table" . "path" (append $path (include "takehold.tomlKey" $key))) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "takehold.tomlKey" -}}
{{- if regexMatch "^[A-Za-z0-9_-]+$" . }}{{ . }}{{ else }}{{ toRawJson . }}{{ end }}
{{- end }}

{{/* Whether a value is a list of tables. */}}
{{- define "takehold.isTables" -}}
{{- if kindIs "slice" . }}{{ if . }}{{ if kindIs "map" (first .) }}true{{ end }}{{ end }}{{ end }}
{{- end }}
