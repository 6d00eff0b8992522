/* Tidy tables for R, pandas and spreadsheets. */
#include <inttypes.h>
#include <string.h>

#include "look.h"
#include "write.h"

/* ---- Cells ----------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *text)
{
    if (strpbrk(text, "\",\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

/* A comma, and the number unless it is not known. */
static void put_real(FILE *out, double v)
{
    char text[SCALE_REAL];
    fprintf(out, ",%s", scale_real(text, v));
}

static void put_estimate(FILE *out, const scale_estimate *e, double factor)
{
    put_real(out, factor * e->value);
    put_real(out, factor * e->low);
    put_real(out, factor * e->high);
}

static void put_value(FILE *out, const scale_study *s, const scale_point *p)
{
    if (s->mode == SCALE_STRONG)
        fputc(',', out);
    else
        fprintf(out, ",%zu", p->value);
}

/* ---- Repeats --------------------------------------------------------------------------- */

static void put_repeat(FILE *out, const scale_point *p, const scale_repeat *r)
{
    fprintf(out, ",%zu", r->order);
    put_real(out, r->at);
    put_real(out, r->seconds);
    put_real(out, 1e6 * r->step);
    put_real(out, scale_repeat_rate(p, r));
    fprintf(out, ",%d,%d", r->outlier != 0, r->disturbed != 0);
    put_real(out, 1e6 * r->pulse);
    put_real(out, r->watch.seconds);
    put_real(out, r->watch.other_load);
    put_real(out, r->watch.steal);
    put_real(out, r->watch.throttled);
    put_real(out, r->watch.mhz);
    put_real(out, r->watch.preempted);
    fprintf(out, ",%016" PRIx64, r->hash);
    put_real(out, r->to_loss);
    fputc('\n', out);
}

void scale_write_repeats(const scale_study *s, FILE *out)
{
    fputs("point,threads,oversubscribed,value,batch,rows,network,epochs,steps,repeat,order,at_s,"
          "train_s,step_us,samples_per_s,outlier,disturbed,pulse_us,watch_s,other_load_cores,"
          "steal_cores,throttled_s,clock_mhz,preempted,weights_hash,to_loss_s\n", out);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        for (size_t k = 0; k < p->n; k++) {
            fprintf(out, "%zu,%d,%d", i, p->threads, p->oversubscribed != 0);
            put_value(out, s, p);
            fprintf(out, ",%zu,%zu,", p->batch, p->rows);
            put_text(out, p->network);
            fprintf(out, ",%zu,%zu,%zu", p->epochs, p->steps, k);
            put_repeat(out, p, &p->repeats[k]);
        }
    }
}

/* ---- Points ---------------------------------------------------------------------------- */

static void put_counts(FILE *out, const scale_point *p)
{
    size_t outliers = 0, disturbed = 0;
    for (size_t k = 0; k < p->n; k++) {
        outliers += p->repeats[k].outlier != 0;
        disturbed += p->repeats[k].disturbed != 0;
    }
    fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%zu,%zu,%zu,%zu,%zu", p->parameters, p->memory,
            p->epochs, p->steps, p->n, outliers, disturbed);
}

static void put_phases(FILE *out, const nudge_phases *phases, double factor)
{
    scale_phase list[SCALE_PHASES];
    scale_phases_of(list, phases);
    for (int i = 0; i < SCALE_PHASES; i++)
        put_real(out, factor * list[i].value);
}

static void put_point(FILE *out, const scale_point *p)
{
    put_counts(out, p);
    put_real(out, p->flops);
    put_real(out, p->bytes);
    put_real(out, p->step.level);
    put_estimate(out, &p->step, 1e6);
    put_estimate(out, &p->rate, 1);
    put_estimate(out, &p->speedup, 1);
    put_estimate(out, &p->efficiency, 1);
    put_real(out, p->karp_flatt);
    put_real(out, 1e-9 * scale_flop_rate(p));
    put_real(out, 1e-9 * p->gemm_peak);
    put_real(out, 1e-9 * p->copy_peak);
    put_real(out, 1e6 * p->predicted);
    put_estimate(out, &p->to_loss, 1);
    put_real(out, p->to_loss_epochs);
    put_phases(out, &p->phases, 1e6);
    put_phases(out, &p->lost, 1);
    put_real(out, p->lost_rest);
    fputc('\n', out);
}

void scale_write_points(const scale_study *s, FILE *out)
{
    fputs("point,threads,oversubscribed,value,batch,rows,network,parameters,memory_bytes,epochs,"
          "steps,repeats,outliers,disturbed,flops,bytes,level,step_us,step_us_low,step_us_high,"
          "samples_per_s,samples_per_s_low,samples_per_s_high,speedup,speedup_low,speedup_high,"
          "efficiency,efficiency_low,efficiency_high,karp_flatt,gflops,gemm_peak_gflops,"
          "copy_peak_gb_per_s,forecast_step_us,to_loss_s,to_loss_s_low,to_loss_s_high,"
          "to_loss_epochs,pack_us,forward_us,loss_us,backward_us,update_us,wait_us,lost_pack,"
          "lost_forward,lost_loss,lost_backward,lost_update,lost_wait,lost_rest\n", out);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        fprintf(out, "%zu,%d,%d", i, p->threads, p->oversubscribed != 0);
        put_value(out, s, p);
        fprintf(out, ",%zu,%zu,", p->batch, p->rows);
        put_text(out, p->network);
        put_point(out, p);
    }
}

/* ---- Curves ---------------------------------------------------------------------------- */

void scale_write_curves(const scale_study *s, FILE *out)
{
    fputs("point,threads,value,train_s,epoch,loss\n", out);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        for (size_t k = 0; k < p->curve.n; k++) {
            fprintf(out, "%zu,%d", i, p->threads);
            put_value(out, s, p);
            put_real(out, p->curve.seconds[k]);
            put_real(out, p->curve.epochs[k]);
            put_real(out, p->curve.loss[k]);
            fputc('\n', out);
        }
    }
}
