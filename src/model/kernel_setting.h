/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings and state of the kernel that a triage asks for, a probe or a shell:
 * the name that the fact has, and the file that says it.
 */
#ifndef HALLIGAN_MODEL_KERNEL_SETTING_H
#define HALLIGAN_MODEL_KERNEL_SETTING_H

struct kernel_setting {
	const char *name, *path;
};

extern const struct kernel_setting kernel_settings[]; /* path NULL: the end */

#endif
