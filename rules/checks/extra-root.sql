-- SPDX-License-Identifier: Apache-2.0
--
-- id: extra-root
-- title: An account besides root has the user id 0
-- severity: high
-- attack: T1136.001, T1078.003
-- why: Whoever logs in by it is root, under a name that nobody looks for.
-- false-positives: toor of some systems and admins of appliances.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, path, evidence_id, "offset", uid, gid, gecos,
    home, shell
FROM account WHERE uid = 0 AND name <> 'root'
