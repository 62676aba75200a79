-- SPDX-License-Identifier: Apache-2.0
--
-- id: packed-program
-- title: A packed or Go program of no package speaks to the network
-- severity: medium
-- attack: T1027.002, T1105
-- why: WellMess and WellMail, and much other malware, are programs in Go,
--   often packed with UPX: one file that needs nothing on the host.
-- false-positives: Docker, Kubernetes, exporters of Prometheus, Caddy and
--   many more are in Go; those that were not installed by a package are
--   found.
-- author: the authors of halligan

SELECT p.host, p.process_id, min(s.socket_id) AS socket_id, p.exe AS object,
    p.exe AS path, p.sha256,
  p.exe_kind AS kind, group_concat(DISTINCT s.remote) AS remote, p.pid, p.uid,
      p.cmdline,
  CASE WHEN p.exe_kind = 'upx' OR p.exe_deleted = 1 OR is_scratch(p.exe) THEN 'high'
      END AS severity
FROM process p JOIN socket s ON s.pid = p.pid
WHERE p.exe_kind IN ('go', 'upx') AND coalesce(p.exe_packaged, 0) = 0
  AND s.proto IN ('tcp', 'tcp6', 'udp', 'udp6') AND s.state IN ('established',
      'syn-sent', 'syn_sent')
  AND address_of(s.remote) NOT REGEXP '^(127[.]|::1$|0[.]0[.]0[.]0$|::$|$)'
GROUP BY p.process_id
