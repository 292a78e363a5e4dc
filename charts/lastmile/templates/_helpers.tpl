{{- define "lastmile.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Cluster-scoped names carry the namespace, so that two releases do not meet. */}}
{{- define "lastmile.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "lastmile.name" .) | trunc 100 | trimSuffix "-" -}}
{{- end -}}

{{- define "lastmile.selector" -}}
app.kubernetes.io/name: lastmile
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "lastmile.labels" -}}
{{ include "lastmile.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "lastmile.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "lastmile.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* As the API server names the controller's account. */}}
{{- define "lastmile.user" -}}
{{- printf "system:serviceaccount:%s:%s" .Release.Namespace (include "lastmile.serviceAccount" .) -}}
{{- end -}}

{{- define "lastmile.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "lastmile.kinds" -}}
["tenants", "externalsystems", "serviceplans", "networkprofiles", "subscribers", "sitesurveys"]
{{- end -}}

{{/* CEL: whether the caller is one of admission.approvers. */}}
{{- define "lastmile.isApprover" -}}
request.userInfo.username in {{ .Values.admission.approvers.users | default list | toJson }} || request.userInfo.?groups.orValue([]).exists(g, g in {{ .Values.admission.approvers.groups | default list | toJson }})
{{- end -}}

{{/* CEL: whether the caller is the controller. */}}
{{- define "lastmile.isController" -}}
request.userInfo.username == {{ include "lastmile.user" . | toJson }}
{{- end -}}

{{/* A policy and its binding; takes root, name, and spec. */}}
{{- define "lastmile.policy" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ include "lastmile.clusterName" .root }}-{{ .name }}
  labels: {{- include "lastmile.labels" .root | nindent 4 }}
spec:
  failurePolicy: Fail
  {{- .spec | trim | nindent 2 }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ include "lastmile.clusterName" .root }}-{{ .name }}
  labels: {{- include "lastmile.labels" .root | nindent 4 }}
spec:
  policyName: {{ include "lastmile.clusterName" .root }}-{{ .name }}
  validationActions: [Deny]
{{- end -}}
