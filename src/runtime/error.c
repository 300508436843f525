/* SPDX-License-Identifier: BSD-3-Clause
 *
 * error.c: the calling thread's message, and the names of statuses. Every function that fails comes through rp_fail.
 */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 512 };

static _Thread_local char message[MESSAGE_BYTES];

rp_status rp_fail(rp_status status, const char *format, ...)
{
    /* Made apart, then copied: an argument may be the message of the failure before. */
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0) {
        text[0] = '\0';
    }
    va_end(arguments);
    memcpy(message, text, strlen(text) + 1);
    return status;
}

const char *rp_error_message(void) { return message; }

const char *rp_status_name(rp_status status)
{
    static const char *const names[] = {
        [RP_OK] = "ok",
        [RP_ERROR_VALUE] = "value",
        [RP_ERROR_TYPE] = "type",
        [RP_ERROR_INDEX] = "index",
        [RP_ERROR_AXIS] = "axis",
        [RP_ERROR_OVERFLOW] = "overflow",
        [RP_ERROR_MEMORY] = "memory",
        [RP_ERROR_BUFFER] = "buffer",
    };
    size_t i = (size_t)status;
    return i < sizeof names / sizeof names[0] ? names[i] : "unknown";
}

const char *rp_version(void) { return RP_VERSION; }
