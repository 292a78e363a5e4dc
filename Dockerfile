# The controller as an image. A mirror of your own and a digest: --build-arg NODE=registry.example/node:24.21.0-bookworm-slim@sha256:…
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The store is a PostgreSQL of yours and Node is the image's own: the optional packages bring both a second time.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY crds ./crds
COPY reconcilers ./reconcilers
COPY controller ./controller

FROM ${NODE}
# Nothing is installed any more, and what is not there needs no patches.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
# As in the chart. The files belong to root, so that the program cannot change itself.
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["node", "/app/controller/cli/main.ts"]
CMD ["run", "--source", "kubernetes", "--listen", ":9090"]
