/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Practice hosts: a scenario (rules/scenarios/NAME) becomes private OpenSSH
 * servers on loopback, each showing a small prepared tree with inert samples.
 * Nothing in the program knows them from real hosts: they are reached with a
 * key and known_hosts from DIR/home/.ssh as any other. Front thread.
 */
#ifndef HALLIGAN_RANGE_RANGE_H
#define HALLIGAN_RANGE_RANGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Lays the scenario out under dir and starts its servers, which go on after
 * the program ended. scenario is a name, looked up beside the program and
 * then in the data folder, or (with a '/') the path of a folder that holds a
 * manifest. dir is made when it is not there and must be empty. say gets
 * lines for people: the hosts and what to type next. When it fails nothing
 * is left running and nothing on disk.
 * ERR_NOTFOUND: no such scenario; ERR_EXISTS: dir is in use, by a range or
 * otherwise; ERR_UNSUPPORTED: a program it needs (sshd) is not installed.
 */
enum err_code range_up(const char *scenario, const char *dir, struct buf *say,
		       struct err *err) MUST_CHECK;

/*
 * Ends the servers range_up started for dir, and their children, and removes
 * what it made; dir too unless something else is in it. ERR_NOTFOUND: there
 * is no range in dir; nothing was touched then.
 */
enum err_code range_down(const char *dir, struct buf *say,
			 struct err *err) MUST_CHECK;

#endif
