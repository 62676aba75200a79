-- SPDX-License-Identifier: Apache-2.0
--
-- id: indicator-seen
-- title: Something that the case looks for is there
-- severity: high
-- attack: T1587.001
-- why: An indicator of the case (a hash, an address, a name) is in what
--   was collected: in programs that run, sockets, files, or names the
--   host resolves by itself.
-- false-positives: Analysts' machines have lists and samples. Addresses
--   change hands.
-- author: the authors of halligan

SELECT p.host, p.process_id, NULL AS socket_id, NULL AS fact_id, NULL AS file_id,
    i.kind || ' ' || i.value || ' in ' || coalesce(nullif(p.exe, ''),
    p.comm) AS object,
  p.exe AS path, p.sha256, i.severity, i.description, i.source
FROM process p JOIN indicator i ON i.kind = 'sha256' AND i.value = p.sha256
UNION ALL
SELECT s.host, NULL, s.socket_id, NULL, NULL, i.kind || ' ' || i.value || ' in '
    || s.proto || ' to ' || s.remote, NULL, NULL, i.severity, i.description,
    i.source
FROM socket s JOIN indicator i ON i.kind = 'ip' AND (i.value = address_of(s.remote)
    OR i.value = s.remote)
UNION ALL
SELECT o.host, NULL, NULL, o.fact_id, NULL, i.kind || ' ' || i.value || ' in '
    || o.name, o.name, o.sha256, i.severity, i.description, i.source
FROM (SELECT host, fact_id, name, sha256 FROM odd_file UNION SELECT host, fact_id,
    name, sha256 FROM unpackaged_file) o
  JOIN indicator i ON (i.kind = 'sha256' AND i.value = o.sha256) OR (i.kind = 'path'
      AND i.value = o.name)
UNION ALL
SELECT f.host, NULL, NULL, NULL, f.file_id, i.kind || ' ' || i.value || ' in '
    || f.path, f.path, f.sha256, i.severity, i.description, i.source
FROM file f JOIN indicator i ON i.kind = 'sha256' AND i.value = f.sha256
UNION ALL
SELECT h.host, NULL, NULL, h.fact_id, NULL, i.kind || ' ' || i.value || ' in '
    || coalesce(h.path, 'hosts'), h.path, NULL, i.severity, i.description, i.source
FROM hosts_entry h JOIN indicator i ON (i.kind = 'domain'
    AND i.value = lower(h.name)) OR (i.kind = 'ip' AND i.value = h.address)
