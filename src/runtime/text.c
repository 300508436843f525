/* SPDX-License-Identifier: BSD-3-Clause
 *
 * text.c: what text.h promises.
 */
#include "runtime/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 4096 };

static void put(rp_text *w, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++, w->length++) {
        if (w->text && w->length + 1 < w->size) w->text[w->length] = bytes[i];
    }
}

/* How many bytes the character at `p` has, if it is one that can be shown; else 0. */
static size_t shown_bytes(const char *p)
{
    const unsigned char first = (unsigned char)*p;
    const size_t bytes = first < 0x80   ? 1
                         : first < 0xc2 ? 0
                         : first < 0xe0 ? 2
                         : first < 0xf0 ? 3
                         : first < 0xf5 ? 4
                                        : 0;
    uint32_t code = bytes > 1 ? first & (0xffu >> (bytes + 1)) : first;
    for (size_t i = 1; i < bytes; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | ((unsigned char)p[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool invalid = code < least[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
    return control || invalid ? 0 : bytes;
}

void rp_text_line(rp_text *w, const char *format, ...)
{
    char line[LINE_BYTES], escaped[5];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (const char *p = line; *p;) {
        const size_t bytes = shown_bytes(p);
        if (bytes)
            put(w, p, bytes);
        else
            put(w, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned char)*p));
        p += bytes ? bytes : 1;
    }
    put(w, "\n", 1);
    if (w->text && w->size) w->text[w->length < w->size ? w->length : w->size - 1] = 0;
}
