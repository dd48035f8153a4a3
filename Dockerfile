# Two targets: `docker build --target collector .` and `docker build --target agent .`.
# Run both read-only, without capabilities, as the built-in user 65532:
#   docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges --tmpfs /tmp \
#     -v watchkeeper:/data -p 127.0.0.1:8420:8420 watchkeeper-collector
# The agent needs the host's view:  --pid=host --network=host -v /proc:/host/proc:ro
#   -v /sys:/host/sys:ro -v /:/host/root:ro,rslave
# Pin the base image by digest when you build for production.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The only install script that is needed unpacks the Node runtime used by the build.
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY config config
COPY tools tools
RUN npm run build && mkdir -p /data && chown 65532:65532 /data && chmod 0700 /data

FROM ${NODE_IMAGE} AS collector
COPY --from=build /build/dist/watchkeeper-collector.mjs /usr/lib/watchkeeper/
COPY --from=build /build/dist/native /usr/lib/watchkeeper/native
COPY --from=build /build/dist/config /usr/lib/watchkeeper/config
COPY --from=build /data /data
USER 65532:65532
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8420/-/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Listening beyond loopback requires `web.token_file` in the mounted configuration.
ENTRYPOINT ["node", "/usr/lib/watchkeeper/watchkeeper-collector.mjs"]
CMD ["serve", "--config", "/etc/watchkeeper/collector.yaml", "--data", "/data"]

FROM ${NODE_IMAGE} AS agent
COPY --from=build /build/dist/watchkeeper-agent.cjs /usr/lib/watchkeeper/
COPY --from=build /build/dist/config /usr/lib/watchkeeper/config
COPY --from=build /data /data
USER 65532:65532
VOLUME /data
ENTRYPOINT ["node", "--max-old-space-size=48", "--max-semi-space-size=1", "/usr/lib/watchkeeper/watchkeeper-agent.cjs"]
CMD ["run", "--config", "/etc/watchkeeper/agent.yaml", "--data", "/data"]
