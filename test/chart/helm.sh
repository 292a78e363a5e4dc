#!/bin/sh
# Prints the path of helm, in the version that the module of the API server for tests names; built once (about 30 s) and kept
# outside of the work tree under the hash of that module.
set -eu
cd "$(dirname "$0")/../cluster/server"
key=$(cat go.mod go.sum | sha256sum | cut -c1-16)
out="${XDG_CACHE_HOME:-$HOME/.cache}/lastmile/helm-$key"
if [ ! -x "$out" ]; then
  echo "building helm, once" >&2
  mkdir -p "$(dirname "$out")"
  CGO_ENABLED=0 nice go build -trimpath -ldflags "-s -w" -o "$out.part.$$" helm.sh/helm/v4/cmd/helm >&2
  mv "$out.part.$$" "$out"
fi
echo "$out"
