#include "import/onnx_file.h"

#include "core/memory.h"
#include "core/status.h"

#define DEEPEST 32 /* messages in messages; protobuf-c calls itself for each */

/* ---- Nesting ---------------------------------------------------------------------------- */

/* The number at *at, which is moved on; 0 where the bytes end in it. */
static uint64_t take_varint(const unsigned char **at, const unsigned char *end)
{
    uint64_t value = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        unsigned char byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    *at = end;
    return 0;
}

/* Whether messages are nested deeper than that. Of bytes that are no message it may say either. */
static int is_deep(const unsigned char *at, const unsigned char *end,
                   const ProtobufCMessageDescriptor *message, int depth)
{
    while (at < end) {
        uint64_t tag = take_varint(&at, end), size = 0;
        switch (tag & 7) {
        case 0: (void)take_varint(&at, end); break;
        case 1: size = 8; break;
        case 2: size = take_varint(&at, end); break;
        case 5: size = 4; break;
        default: return 0;
        }
        if (size > (uint64_t)(end - at))
            return 0;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(message, (unsigned)(tag >> 3));
        if ((tag & 7) == 2 && field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            (depth == DEEPEST || is_deep(at, at + size, field->descriptor, depth + 1)))
            return 1;
        at += size;
    }
    return 0;
}

/* ---- Memory ----------------------------------------------------------------------------- */

/* Two bytes can be a message of hundreds: what all may take together is limited. */
typedef struct limit {
    size_t left;
    size_t lacking; /* a block that there was no memory for; 0: none */
} limit;

static void *allocate(void *limited, size_t size)
{
    limit *of = limited;
    if (size > of->left)
        return NULL;
    of->left -= size;
    void *block = malloc(size);
    of->lacking = block == NULL ? size : of->lacking;
    return block;
}

static void release(void *limited, void *block)
{
    (void)limited;
    free(block);
}

nudge_status nu_onnx_unpack(Onnx__ModelProto **model, const char *path, const unsigned char *bytes,
                            size_t size, nudge_error *err)
{
    enum { FEW = 64 << 20 };
    limit of = {.left = nu_smaller(64 * size, 16 * size + FEW)};
    ProtobufCAllocator limited = {allocate, release, &of};
    NU_TRY(nu_memory_check(2 * (uint64_t)size, "an ONNX model", err));
    if (is_deep(bytes, bytes + size, &onnx__model_proto__descriptor, 0))
        return nu_fail(err, NUDGE_EDATA, "%s: messages are nested more than %d deep", path,
                       DEEPEST);
    *model = onnx__model_proto__unpack(&limited, size, bytes);
    NU_NEED(*model != NULL || of.lacking == 0, of.lacking, "an ONNX model", err);
    if (*model == NULL)
        return nu_fail(err, NUDGE_EDATA, "%s is neither a network of FANN nor an ONNX model, or it "
                       "is cut or damaged", path);
    return (*model)->graph != NULL ? NUDGE_OK
                                   : nu_fail(err, NUDGE_EDATA, "%s: an ONNX model without graph, "
                                             "or something else", path);
}

void nu_onnx_free(Onnx__ModelProto **model)
{
    ProtobufCAllocator any = {.free = release};
    if (*model != NULL)
        onnx__model_proto__free_unpacked(*model, &any);
    *model = NULL;
}
