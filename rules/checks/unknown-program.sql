-- SPDX-License-Identifier: Apache-2.0
--
-- id: unknown-program
-- title: A program in a system folder that no package has
-- severity: low
-- attack: T1036.005, T1554
-- why: Folders of the system are filled by packages. What else lies there
--   was put there by hand, among names that nobody reads.
-- false-positives: What maintainer scripts make (caches, initramfs), pip
--   and npm as root. /usr/local is for such things and told for
--   information.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, kind, mode, ctime, size,
  CASE
      WHEN name REGEXP '^/usr/local/|^/opt/|/(dist|site)-packages/|/node_modules/|/gems/'
      THEN 'info'
       WHEN kind = 'elf'
           AND name REGEXP '^(/usr)?/s?bin/|^(/usr)?/lib/(x86_64-linux-gnu/|aarch64-linux-gnu/|systemd/|openssh/)?[^/]+$|/security/'
           THEN 'medium'
       WHEN is_hidden(name) THEN 'medium' END AS severity
FROM unpackaged_file
WHERE name NOT REGEXP '/__pycache__/|[.]pyc$|/(gconv|gio|gdk-pixbuf|gtk|immodules)[^/]*/.*cache'
    AND name NOT REGEXP '/security/[^/]+[.]so'
