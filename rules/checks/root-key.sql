-- SPDX-License-Identifier: Apache-2.0
--
-- id: root-key
-- title: A key opens root
-- severity: info
-- attack: T1098.004
-- why: Whoever has the key is root here. It is to be known whose each of
--   them is.
-- false-positives: Configuration management and clouds put keys there. A
--   key with environment= or in a second file is told louder by other
--   checks.
-- author: the authors of halligan

SELECT k.host, k.fact_id, k.name AS object, k.path, k.evidence_id, k."offset",
    k.type, k.comment, k.options, k."from"
FROM authorized_key k WHERE k.account = 'root'
