#!/bin/sh
# Prints the path of a real API server for tests: one static binary, built once (about 10 CPU minutes) and kept outside of
# the work tree under the hash of its sources. The version stamp is what /version and kubectl show.
set -eu
cd "$(dirname "$0")/server"
key=$(cat go.mod go.sum ./*.go | sha256sum | cut -c1-16)
out="${XDG_CACHE_HOME:-$HOME/.cache}/lastmile/kube-testserver-$key"
if [ ! -x "$out" ]; then
  echo "building the API server for tests, once" >&2
  version=$(sed -n 's/^[[:space:]]*k8s.io\/kubernetes \(v[0-9.]*\)$/\1/p' go.mod)
  minor=$(echo "$version" | cut -d. -f2)
  p=k8s.io/component-base/version
  mkdir -p "$(dirname "$out")"
  CGO_ENABLED=0 nice go build -trimpath -o "$out.part" -ldflags "-s -w -X $p.gitVersion=$version -X $p.gitMajor=1 -X $p.gitMinor=$minor -X $p.gitTreeState=clean -X $p.gitCommit=0000000000000000000000000000000000000000 -X $p.buildDate=1970-01-01T00:00:00Z -X k8s.io/client-go/pkg/version.gitVersion=$version" . >&2
  mv "$out.part" "$out"
fi
echo "$out"
