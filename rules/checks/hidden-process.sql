-- SPDX-License-Identifier: Apache-2.0
--
-- id: hidden-process
-- title: A process that the host does not show
-- severity: high
-- attack: T1014
-- why: The kernel answers for a process that reading /proc, or ps, does
--   not list: something on the host hides it. Do not trust what the tools
--   of this host say.
-- false-positives: /proc mounted with hidepid hides other accounts'
--   processes from who is not root; one that had just started or ended is
--   looked for twice.
-- author: the authors of halligan

SELECT d.host, d.fact_id, 'pid ' || d.name || coalesce(': ' || nullif(p.exe, ''),
    '') AS object,
  nullif(p.exe, '') AS path, p.process_id, p.sha256,
  d.seen_by, d.not_by, d.asked, d.note, p.comm, p.cmdline, p.uid
FROM difference d LEFT JOIN process p ON p.pid = CAST(d.name AS INTEGER)
WHERE d.subject = 'process' AND d.not_by IN ('readdir', 'ps')
