-- SPDX-License-Identifier: Apache-2.0
--
-- id: web-few-posts
-- title: A page that one or two addresses alone asked for, by POST
-- severity: medium
-- attack: T1505.003
-- why: Who has a web shell is alone in asking for it, and sends it much:
--   a log of the web server shows a page that hardly anybody else knows.
-- false-positives: Forms and interfaces that are seldom used;
--   administration.
-- author: the authors of halligan

SELECT host, page AS object, min(event_id) AS event_id, count(*) AS requests,
    count(DISTINCT who) AS addresses,
  group_concat(DISTINCT who) AS asked_by, sum(post) AS posts
FROM (SELECT host, event_id, coalesce(nullif(actor, ''), '-') AS who,
    message REGEXP '\bPOST /' AS post,
    substr(message, instr(message, ' /') + 1,
      instr(substr(message, instr(message, ' /') + 1) || ' ', ' ') - 1) AS page
  FROM event WHERE kind = 'web.request'
      AND message REGEXP '(GET|POST|HEAD) /[^ ?]*[.](php[0-9]?|phtml|jsp|jspx|aspx?|cgi|pl|sh)( |$)')
GROUP BY host, page
HAVING count(*) >= 4 AND count(DISTINCT who) <= 2 AND sum(post) * 10 >= count(*) * 8
  AND (SELECT count(*) FROM event WHERE kind = 'web.request') > 20
