/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing reports: lines into a caller's buffer, as rp_info and rp_backends_info promise.
 */
#ifndef RP_TEXT_H
#define RP_TEXT_H

#include <stddef.h>

/* length: what has been written, or would have been with more room. Starts as {text, size, 0}; text may be NULL. */
typedef struct rp_text {
    char *text;
    size_t size, length;
} rp_text;

/* Adds a line (printf's format, without its newline). Reports quote what others wrote: paths, variables, files. So what a
 * terminal would obey (control characters) or cannot show (bytes that are no UTF-8) is written as \x1b. Lines are cut off
 * at 4 KiB. */
void rp_text_line(rp_text *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
