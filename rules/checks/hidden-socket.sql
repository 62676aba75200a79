-- SPDX-License-Identifier: Apache-2.0
--
-- id: hidden-socket
-- title: A socket that the host's own ss or netstat does not show
-- severity: high
-- attack: T1014
-- why: The kernel has the socket and the tool of the host leaves it out:
--   that is how a backdoor's connection is kept from who looks for it.
-- false-positives: A connection that came or went between the two looks.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, seen_by, not_by, asked, note
FROM difference WHERE subject = 'socket'
