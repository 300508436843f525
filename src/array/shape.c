/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Broadcasting and memory order.
 */
#include "array/shape.h"

#include <stdio.h>
#include <string.h>

#include "runtime/runtime.h"

const char *rp_shape_text(int ndim, const ptrdiff_t *shape, char text[96])
{
    int length = snprintf(text, 96, "(");
    for (int i = 0; i < ndim && length < 70; i++) {
        length += snprintf(text + length, 96 - (size_t)length, "%td%s", shape[i],
                           ndim == 1      ? ","
                           : i + 1 < ndim ? ", "
                                          : "");
    }
    snprintf(text + length, 96 - (size_t)length, length >= 70 ? "...)" : ")");
    return text;
}

rp_status rp_broadcast(int count, const rp_array *const *arrays, int *ndim, ptrdiff_t *shape)
{
    int dims = 0;
    for (int k = 0; k < count; k++) {
        if (arrays[k]->ndim > dims) dims = arrays[k]->ndim;
    }
    for (int axis = 0; axis < dims; axis++) shape[axis] = 1;
    for (int k = 0; k < count; k++) {
        const int ahead = dims - arrays[k]->ndim;
        for (int axis = 0; axis < arrays[k]->ndim; axis++) {
            const ptrdiff_t length = arrays[k]->dims[axis];
            ptrdiff_t *target = &shape[ahead + axis];
            if (length == 1 || length == *target) continue;
            if (*target != 1) {
                char text[96];
                return rp_fail(RP_ERROR_VALUE,
                               "operands could not be broadcast together: operand %d has shape %s, axis %d "
                               "meets length %td",
                               k, rp_shape_text(arrays[k]->ndim, arrays[k]->dims, text), axis, *target);
            }
            *target = length;
        }
    }
    *ndim = dims;
    return RP_OK;
}

rp_status rp_broadcast_shapes(int count, const rp_array *const *arrays, int *ndim, ptrdiff_t *shape)
{
    if (!ndim || !shape || (count > 0 && !arrays))
        return rp_fail(RP_ERROR_VALUE, "%s is NULL", !ndim ? "ndim" : !shape ? "shape" : "arrays");
    if (count < 0) return rp_fail(RP_ERROR_VALUE, "count is negative");
    for (int k = 0; k < count; k++) {
        if (!arrays[k]) return rp_fail(RP_ERROR_VALUE, "arrays[%d] is NULL", k);
    }
    int dims;
    ptrdiff_t lengths[RP_MAX_NDIM];
    rp_status status = rp_broadcast(count, arrays, &dims, lengths);
    if (status) return status;
    *ndim = dims;
    memcpy(shape, lengths, (size_t)dims * sizeof *shape);
    return RP_OK;
}

void rp_broadcast_strides(const rp_array *x, int ndim, const ptrdiff_t *shape, ptrdiff_t *strides)
{
    const int ahead = ndim - x->ndim;
    for (int axis = 0; axis < ndim; axis++) {
        const bool repeated = axis < ahead || (x->dims[axis - ahead] == 1 && shape[axis] != 1);
        strides[axis] = repeated ? 0 : x->strides[axis - ahead];
    }
}

bool rp_keep_order(int operands, int ndim, const ptrdiff_t *shape, const ptrdiff_t *const *strides, int *order)
{
    bool moved = false;
    for (int axis = 0; axis < ndim; axis++) order[axis] = axis;
    /* Insertion from the fastest axis on; an axis moves inward only where some operand says so and none objects. */
    for (int i = ndim - 2; i >= 0; i--) {
        const int axis = order[i];
        int place = i;
        for (int j = i + 1; j < ndim; j++) {
            bool faster = false, told = false, objects = false;
            for (int k = 0; k < operands; k++) {
                const ptrdiff_t a = strides[k][axis], b = strides[k][order[j]];
                if (!a || !b || shape[axis] == 1 || shape[order[j]] == 1) continue;
                told = true;
                if ((a < 0 ? -a : a) < (b < 0 ? -b : b))
                    faster = true;
                else
                    objects = true;
            }
            if (!told) continue;
            if (objects || !faster) break;
            place = j;
        }
        for (int j = i; j < place; j++) order[j] = order[j + 1];
        order[place] = axis;
        moved |= place != i;
    }
    return moved;
}

rp_status rp_check_apart(const rp_array *out)
{
    for (int axis = 0; out->size && axis < out->ndim; axis++) {
        if (out->strides[axis] == 0 && out->dims[axis] > 1) {
            return rp_fail(RP_ERROR_VALUE, "out has stride 0 along axis %d: its elements are not separate", axis);
        }
    }
    return RP_OK;
}

rp_status rp_check_output(const rp_array *out, const char *name, rp_dtype result, int ndim, const ptrdiff_t *shape)
{
    char want[96], got[96];
    if (!rp_has_shape(out, ndim, shape)) {
        return rp_fail(RP_ERROR_VALUE, "out has shape %s, the result has %s", rp_shape_text(out->ndim, out->dims, got),
                       rp_shape_text(ndim, shape, want));
    }
    if (out->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "out is read-only");
    const rp_status status = rp_check_apart(out);
    if (status) return status;
    if (!rp_can_cast(result, (rp_dtype)out->dtype, RP_CAST_SAME_KIND)) {
        return rp_fail(RP_ERROR_TYPE,
                       "the result of %s has type %s, which does not cast to out's type %s by the rule "
                       "'same_kind'",
                       name, rp_dtypes[result].name, rp_dtypes[out->dtype].name);
    }
    return RP_OK;
}
