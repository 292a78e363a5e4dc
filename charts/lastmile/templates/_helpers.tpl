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

{{/* The kinds, their policies and the field manager are there once in a cluster. Helm refuses kinds of another release, but not
     where crds.install is off; a release that is gone has left no ClusterRole. */}}
{{- define "lastmile.alone" -}}
{{- range (lookup "rbac.authorization.k8s.io/v1" "ClusterRole" "" "").items -}}
{{- $labels := .metadata.labels | default dict -}}
{{- if and (eq (get $labels "app.kubernetes.io/name") "lastmile") (ne .metadata.name (include "lastmile.clusterName" $)) -}}
{{- fail (printf "this cluster has a release of Lastmile already (ClusterRole %s): one serves all namespaces and tenants; uninstall it first" .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "lastmile.kinds" -}}
["tenants", "externalsystems", "serviceplans", "networkprofiles", "subscribers", "sitesurveys"]
{{- end -}}

{{/* CEL: whether the caller is one of these users or groups. */}}
{{- define "lastmile.isAmong" -}}
request.userInfo.username in {{ .users | default list | toJson }} || request.userInfo.?groups.orValue([]).exists(g, g in {{ .groups | default list | toJson }})
{{- end -}}

{{/* CEL: whether the caller is one of admission.approvers. */}}
{{- define "lastmile.isApprover" -}}
{{- include "lastmile.isAmong" .Values.admission.approvers -}}
{{- end -}}

{{/* CEL: whether the caller may bring Tenants and ExternalSystems. */}}
{{- define "lastmile.bringsEstate" -}}
{{- include "lastmile.isAmong" (.Values.admission.estate | default dict) }} || {{ include "lastmile.isApprover" . -}}
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
