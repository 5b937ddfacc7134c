# The version in packageManager of package.json. A test compares them.
ARG BUN_VERSION=1.4.5

FROM oven/bun:${BUN_VERSION}-slim AS packages
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

# Run one container per data volume: active runs live in the memory of the process.
FROM oven/bun:${BUN_VERSION}-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown bun:bun /data
COPY --from=packages /app/node_modules node_modules
COPY package.json bunfig.toml tsconfig.json ./
COPY src src
COPY views views
COPY static static
USER bun
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["bun", "-e", "process.exit((await fetch(`http://127.0.0.1:${process.env.PORT}/healthz`)).ok ? 0 : 1)"]
# The exec form, because a shell would not pass SIGTERM on to the server.
CMD ["bun", "src/entry/bun.ts"]
