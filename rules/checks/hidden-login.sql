-- SPDX-License-Identifier: Apache-2.0
--
-- id: hidden-login
-- title: A login that who or last does not show
-- severity: high
-- attack: T1014, T1070
-- why: The records of logins have somebody whom the host's own who or last
--   leaves out: the tool was changed to keep a visit from who looks for
--   it.
-- false-positives: Somebody who logged in or out between the looks; it has to differ in
--   three of them.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, seen_by, not_by, asked FROM difference
    WHERE subject = 'login'
