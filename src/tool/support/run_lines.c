#include "support/run_lines.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "support/machine.h"
#include "text.h"

void line_start(FILE *stream, const char *head)
{
    fprintf(stream, "%-*s", LINE_INDENT, head);
}

void line_print(FILE *stream, const char *head, const char *text)
{
    line_start(stream, head);
    nu_print_wrapped(stream, text, LINE_INDENT, LINE_INDENT, 80);
    fputc('\n', stream);
}

/* "relu", or all names if they differ; the output layer's only if it is not identity. */
static void print_activations(const nudge_model_info *m, FILE *stream)
{
    size_t hidden = m->layers - 1;
    int alike = 1;
    for (size_t i = 1; i < hidden; i++)
        alike = alike && m->activations[i] == m->activations[0];
    for (size_t i = 0; i < (alike && hidden > 0 ? 1 : hidden); i++)
        fprintf(stream, "%s%s", i > 0 ? "," : " ", nudge_activation_name(m->activations[i]));
    if (m->activations[hidden] != NUDGE_IDENTITY)
        fprintf(stream, "%s%s output", hidden > 0 ? ", " : " ",
                nudge_activation_name(m->activations[hidden]));
}

void print_loss_parameter(FILE *stream, const nudge_model_info *m, const char *before)
{
    nudge_loss_info loss = nudge_loss_describe(m->loss);
    if (loss.parameter == NULL || m->loss_parameter == 0) /* 0 is none, where it is allowed */
        return;
    fprintf(stream, "%s", before);
    for (const char *c = loss.parameter; *c != '\0'; c++)
        fputc(*c == '_' ? ' ' : *c, stream);
    fprintf(stream, " %g", m->loss_parameter);
}

nudge_transform transform_of(const nudge_model_info *m)
{
    return m->prep != NULL ? nudge_prep_describe(m->prep).target_transform : NUDGE_TRANSFORM_NONE;
}

const char *loss_title(char buf[NU_TEXT], const nudge_model_info *m)
{
    nudge_transform t = transform_of(m);
    int has = t != NUDGE_TRANSFORM_NONE;
    snprintf(buf, NU_TEXT, "%s%s%s%s", nudge_loss_name(m->loss), has ? " of " : "",
             has ? nudge_transform_name(t) : "", has ? " target" : "");
    return buf;
}

void print_widths(FILE *stream, const nudge_model_info *m)
{
    for (size_t i = 0; i <= m->layers; i++)
        fprintf(stream, "%s%zu", i > 0 ? "-" : "", m->widths[i]);
}

void network_line(FILE *stream, const nudge_model *model)
{
    nudge_model_info m = nudge_model_describe(model);
    char text[NU_TEXT], title[NU_TEXT];
    line_start(stream, "network");
    print_widths(stream, &m);
    print_activations(&m, stream);
    if (m.embed != NUDGE_EMBED_NONE)
        fprintf(stream, ", numbers embedded %s", nudge_embed_name(m.embed));
    fprintf(stream, "%s%s%s, %s parameters, %s; loss %s", m.layer_norm ? ", layer norm" : "",
            m.residual ? ", residual" : "", m.input_factor ? ", input factors" : "",
            nu_count_text(text, (double)m.parameters),
            nudge_dtype_name(m.dtype), loss_title(title, &m));
    print_loss_parameter(stream, &m, " with ");
    if (m.members > 1)
        fprintf(stream, "; %zu of these", m.members);
    fputc('\n', stream);
}

int repeats_loss(nudge_metric metric, const nudge_model_info *m)
{
    int is_usual = isnan(m->loss_parameter) ||
                   m->loss_parameter == nudge_loss_describe(m->loss).parameter_default;
    return is_usual && transform_of(m) == NUDGE_TRANSFORM_NONE &&
           (nudge_metric_describe(metric).losses & 1u << m->loss) != 0;
}

/* What memory is for; the names are those of people and of JSON. */
typedef struct memory_part {
    const char *name, *key;
    uint64_t bytes;
} memory_part;

enum { MEMORY_PARTS = 6 };

static void memory_parts(memory_part part[MEMORY_PARTS], const nudge_train_plan *p)
{
    memcpy(part, (memory_part[MEMORY_PARTS]){
        {"data", "dataset", p->dataset},
        {"weights", "weights", p->weights + p->snapshot},
        {"gradients", "gradients", p->gradients},
        {"optimizer", "optimizer_state", p->optimizer_state},
        {"activations", "activations", p->activations},
        {"validation", "validation", p->evaluation},
    }, MEMORY_PARTS * sizeof *part);
}

void memory_line(FILE *stream, const nudge_train_plan *plan, uint64_t loading)
{
    memory_part part[MEMORY_PARTS];
    char size[NU_TEXT], line[400];
    memory_parts(part, plan);
    int n = snprintf(line, sizeof line, "%s", nu_bytes_text(size, (double)plan->total));
    for (size_t i = 0, shown = 0; i < MEMORY_PARTS; i++)
        if (part[i].bytes > 0)
            n += snprintf(line + n, sizeof line - (size_t)n, "%s%s\t%s", shown++ > 0 ? ", " : ": ",
                          part[i].name, nu_bytes_text(size, (double)part[i].bytes));
    if (loading > plan->total)
        snprintf(line + n, sizeof line - (size_t)n, "; %s while loading",
                 nu_bytes_text(size, (double)loading));
    for (char *c = line + 1; c[1] != '\0'; c++)
        if (*c == ' ' && isdigit((unsigned char)c[-1]))
            *c = '\t'; /* a number and its unit stay on one line */
    line_print(stream, "memory", line);
}

void threads_line(FILE *stream, int threads, const char *why)
{
    nudge_machine m = nudge_machine_info();
    char line[400];
    snprintf(line, sizeof line, "%d of %d core%s, OpenBLAS for %s, %s build%s%s", threads, m.cores,
             m.cores == 1 ? "" : "s", m.blas_core, blas_build(&m),
             why != NULL ? "; " : "", why != NULL ? why : "");
    line_print(stream, "threads", line);
    if (m.blas_better == NULL)
        return;
    snprintf(line, sizeof line, "this CPU is newer than OpenBLAS, which takes its slowest kernels: "
                                "OPENBLAS_CORETYPE=%s in the environment is several times as fast",
             m.blas_better);
    line_print(stream, "note", line);
}

json_t *json_memory(const nudge_train_plan *plan, uint64_t loading)
{
    memory_part part[MEMORY_PARTS];
    json_t *object = json_new();
    memory_parts(part, plan);
    for (size_t i = 0; i < MEMORY_PARTS; i++)
        json_put(object, part[i].key, json_whole(part[i].bytes));
    return json_put_all(object, "total", json_whole(plan->total), "load", json_whole(loading),
                        "peak", json_whole(loading > plan->total ? loading : plan->total), NULL);
}
