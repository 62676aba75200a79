/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The external variables every rule may use, on the console that checks it
 * and on the probe that runs it: those public rule sets expect. All are
 * strings; one that does not apply to a file is "".
 */
#ifndef HALLIGAN_MODEL_EXTERNALS_H
#define HALLIGAN_MODEL_EXTERNALS_H

#define RULE_EXTERNALS(X) \
	X(filename)       \
	X(filepath)       \
	X(extension)      \
	X(filetype)       \
	X(owner)          \
	X(md5)

#endif
