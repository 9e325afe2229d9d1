# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=install /app/node_modules node_modules
COPY package.json LICENSE ./
COPY grammar grammar
COPY planner planner
COPY exec exec
COPY storage storage
COPY ingest ingest
COPY src src
COPY docs/deploy/skald.yaml /etc/skald/skald.yaml
# Everything that is written is below /data: the rest of the file system may be read-only.
RUN mkdir /data && chown 10001:10001 /data
VOLUME /data
USER 10001:10001
EXPOSE 3100 9095
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3100/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/bin/skald.mjs"]
CMD ["-config.file=/etc/skald/skald.yaml"]
