/* tests/files/torch-reference.json, made by scripts/torch-reference, which describes it. */
#ifndef NUDGE_TESTS_TORCH_FIXTURES_H
#define NUDGE_TESTS_TORCH_FIXTURES_H

#include <jansson.h>
#include <string.h>

#include "nudge.h"
#include "suite.h"

static inline json_t *torch_reference(void)
{
    const char *path = test_file("torch-reference.json");
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    ck_assert_msg(json != NULL, "%s:%d: %s", path, error.line, error.text);
    return json;
}

/* The schedule of an item, or a constant learning rate. A parameter that is not known here is an
 * error, not ignored. */
static inline nudge_schedule torch_schedule(const json_t *item)
{
    const json_t *object = json_object_get(item, "schedule");
    nudge_schedule_kind kind = NUDGE_SCHEDULE_CONSTANT;
    const char *name = json_string_value(json_object_get(object, "kind"));
    if (object != NULL)
        ck_assert_int_eq(nudge_schedule_parse(&kind, name, NULL), NUDGE_OK);
    nudge_schedule s = nudge_schedule_defaults(kind);
    const struct {
        const char *key;
        double *real;
        size_t *whole;
    } keys[] = {{"warmup", &s.warmup, NULL},       {"step", NULL, &s.step},
                {"gamma", &s.gamma, NULL},         {"min_lr", &s.min_lr, NULL},
                {"power", &s.power, NULL},         {"rise", &s.rise, NULL},
                {"div", &s.div, NULL},             {"final_div", &s.final_div, NULL},
                {"patience", NULL, &s.patience},   {"threshold", &s.threshold, NULL}};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value) {
        size_t i = 0, n = sizeof keys / sizeof *keys;
        while (i < n && strcmp(keys[i].key, key) != 0)
            i++;
        ck_assert_msg(i < n || strcmp(key, "kind") == 0, "unknown parameter '%s'", key);
        if (i < n && keys[i].real != NULL)
            *keys[i].real = json_number_value(value);
        else if (i < n)
            *keys[i].whole = (size_t)json_integer_value(value);
    }
    return s;
}

#endif
