-- SPDX-License-Identifier: Apache-2.0
--
-- id: promiscuous
-- title: A network interface takes all packets
-- severity: medium
-- attack: T1040
-- why: Somebody listens to traffic that is not for this host. The flag is
--   read from the kernel: what ifconfig and ip print may leave it out.
-- false-positives: Ports of bridges, virtual machines and containers;
--   sensors. Ports of a bridge are quiet.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, mac, master, kind, state, flags,
  CASE WHEN coalesce(master, '') <> '' THEN 'port of ' || master
       WHEN kind IN ('bridge', 'veth', 'macvlan', 'macvtap', 'tun', 'tap', 'ipvlan')
           THEN 'virtual' END AS quiet
FROM interface WHERE promiscuous = 1
