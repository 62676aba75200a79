-- SPDX-License-Identifier: Apache-2.0
--
-- id: unknown-listener
-- title: A program of no package waits for connections
-- severity: medium
-- attack: T1571, T1205
-- why: Who wants to come back leaves something that listens. What the
--   host offers to the network comes from its packages as a rule.
-- false-positives: Software that was installed by hand or is being
--   developed; containers. What listens on loopback alone is told as low.
-- author: the authors of halligan

SELECT s.host, s.socket_id, p.process_id,
  coalesce(nullif(p.exe, ''), p.comm) || ' on ' || s.proto || ' ' ||
    CASE WHEN s.proto IN ('tcp', 'tcp6') THEN s.local ELSE port_of(s.local)
        END AS object,
  nullif(p.exe, '') AS path, p.sha256, s.local, s.proto, s.state, p.pid, p.uid,
      p.cmdline, p.exe_kind,
  CASE WHEN address_of(s.local) REGEXP '^(127[.]|::1$)' THEN 'low'
       WHEN is_scratch(p.exe) OR is_hidden(p.exe) THEN 'high' END AS severity
FROM socket s JOIN process p ON p.pid = s.pid
WHERE p.exe_packaged = 0 AND p.exe <> '' AND (
  (s.proto IN ('tcp', 'tcp6') AND s.state = 'listen')
  OR (s.proto IN ('udp', 'udp6') AND coalesce(port_of(s.remote), 0) = 0
      AND port_of(s.local) < 32768))
