#include "scale/report.h"

#include "support/gnuplot.h"

/* The settings, and where each is on an axis of what varies. */
static void put_settings(const scale_study *s, FILE *out)
{
    double least = INFINITY, most = 0;
    int numbers = s->n_settings > 1;
    for (size_t i = 0; i < s->n_settings; i++) {
        numbers = numbers && isfinite(s->settings[i].x);
        least = fmin(least, s->settings[i].x);
        most = fmax(most, s->settings[i].x);
    }
    fprintf(out, "settings = %zu; array name[%zu]; array value[%zu]\n", s->n_settings,
            s->n_settings, s->n_settings);
    for (size_t i = 0; i < s->n_settings; i++) {
        fprintf(out, "value[%zu] = %.9g; name[%zu] = ", i + 1,
                numbers ? s->settings[i].x : (double)(i + 1), i + 1);
        gnuplot_quote(out, s->settings[i].name);
        fputc('\n', out);
    }
    fprintf(out, "named = %d; wide = %d; varied = ", s->n_settings > 1 && !numbers,
            10 * (numbers && least > 0 && most >= 8 * least));
    gnuplot_quote(out, s->n_settings == 1 ? "threads" :
                  s->n_varied == 1 ? s->varied[0].option : "");
    fputc('\n', out);
}

/* The laws that are used, and the most threads in them and the points. */
static void put_laws(const scale_study *s, int most, FILE *out)
{
    size_t n = 0;
    fprintf(out, "array law_of[%zu]; array law_name[%zu]\n", s->n_laws + 1, s->n_laws + 1);
    for (size_t i = 0; i < s->n_laws; i++) {
        const scale_law_fit *law = &s->laws[i];
        if (law->n_predictions == 0)
            continue;
        n++;
        fprintf(out, "law_of[%zu] = %zu; law_name[%zu] = ", n, law->setting, n);
        gnuplot_quote(out, law->name);
        fputc('\n', out);
        for (size_t k = 0; k < law->n_predictions; k++)
            most = (int)fmax(most, law->predictions[k].threads);
    }
    fprintf(out, "laws = %zu; most = %d\n", n, most);
}

static void put_study(const scale_study *s, FILE *out)
{
    int most = 0, teams = 0, speedups = 0, times = 0, phases = 0, single = 0;
    report_unit unit = report_unit_of(s);
    put_settings(s, out);
    fprintf(out, "array threads[%zu]\n", s->n_points + 1);
    for (size_t i = 0; i < s->n_points; i++) {
        const scale_point *p = &s->points[i];
        speedups += p->speedup.value > 0 && !p->is_base;
        times += p->step.value > 0;
        phases += p->phases[0] >= 0 && p->efficiency.value > 0;
        single += p->single.n > 0;
        most = (int)fmax(most, p->threads);
        if (p->setting == 0 && !p->is_peer) /* other settings have the same */
            fprintf(out, "threads[%d] = %d\n", ++teams, p->threads);
    }
    put_laws(s, most, out);
    fprintf(out, "teams = %d; speedups = %d; times = %d; phases_known = %d; single_known = %d\n"
            "unit = '%s'; per_second = %g\nphases = '", teams, speedups, times, phases, single,
            unit.name, unit.per_second);
    for (int k = 0; k < NUDGE_PHASES; k++)
        fprintf(out, "%s%s", k > 0 ? " " : "", nudge_phase_name((nudge_phase)k));
    fputs("'\n", out);
}

static const char head[] =
    "# The plots of this study. Change them as you like, and run: gnuplot plots.gp\n"
    "# They are drawn from points.csv, steps.csv and laws.csv, whose columns have names.\n\n";

static const char script[] =
    "\n"
    "set encoding utf8\n"
    "set datafile separator comma\n"
    "set datafile columnheaders\n"
    "set datafile missing NaN\n"
    "# Colours of Okabe and Ito, which colour-blind readers can tell apart.\n"
    "array colour[6] = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']\n"
    "do for [i=1:6] { set linetype i lc rgb colour[i] lw 2 pt 7 ps 0.7 }\n"
    "set linetype cycle 6\n"
    "grey = '#808080'\n"
    "set border 3 lc rgb grey\n"
    "set tics nomirror textcolor rgb '#303030'\n"
    "set grid ytics lc rgb '#e0e0e0' lt 1 lw 1\n"
    "set key tmargin center horizontal Left reverse samplen 2 width 2\n"
    "set style fill solid 0.9 noborder\n"
    "set bars small\n"
    "set offsets graph 0.03, graph 0.03, 0, 0\n"
    "svg = \"set terminal svg noenhanced size 640,400 font 'sans-serif,14'\"\n"
    "png = \"set terminal pngcairo noenhanced size 960,600 font 'sans,15' background '#ffffff'\"\n"
    "canvas(name, type) = (type eq 'svg' ? svg : png) . \\\n"
    "  sprintf(\"; set output '%s.%s'\", name, type)\n"
    "logarithmic(base) = sprintf('set logscale xy %d; set yrange [*:*]', base)\n"
    "linear = 'unset logscale xy; set yrange [0:*]; set xtics autofreq norotate'\n"
    "\n"
    "# Rows of other settings or threads have no number, and are not drawn.\n"
    "own(i) = int(column('setting')) == i && column('peer') == 0 ? 1 : NaN\n"
    "team(k) = int(column('threads')) == threads[k] ? own(column('setting')) : NaN\n"
    "law(j) = column('left_out') == 0 && strcol('law') eq law_name[j] && \\\n"
    "  int(column('setting')) == law_of[j] ? column('threads') : NaN\n"
    "u(name) = per_second * column(name)\n"
    "# Of all threads for a sample, in percent of the base's.\n"
    "phase(k) = 100 * column('phase_s_' . word(phases, k)) / column('threads') / \\\n"
    "  column('step_s') / column('efficiency')\n"
    "x(i) = settings > 1 ? value[column('setting') + 1] : column('threads')\n"
    "bar(i) = strcol('threads') . (settings > 1 ? ', ' . name[int(column('setting')) + 1] : '')\n"
    "called(k) = sprintf('%d thread%s', threads[k], threads[k] == 1 ? '' : 's')\n"
    "\n"
    "eval linear\n"
    "set xlabel 'threads'\n"
    "set ylabel 'speed-up over the base'\n"
    "if (most > 8) { eval logarithmic(2) } else { set xtics 1 }\n"
    "bands = laws < 1 ? '' : \"for [j=1:laws] 'laws.csv' using (law(j)):'speedup_low':\" . \\\n"
    "  \"'speedup_high' with filledcurves lt law_of[j] + 1 fs transparent solid 0.15 notitle,\"\n"
    "curves = laws < 1 ? '' : \"for [j=1:laws] 'laws.csv' using (law(j)):'speedup' \" . \\\n"
    "  \"with lines lt law_of[j] + 1 lw 1 dt j title (settings > 1 ? '' : law_name[j]),\"\n"
    "do for [type in (speedups > 0 ? 'svg png' : '')] {\n"
    "  eval canvas('speedup', type)\n"
    "  plot sample [1:most] x with lines lc rgb grey lw 1 dt 2 title 'ideal', @bands @curves \\\n"
    "    for [i=0:settings-1] 'points.csv' using (own(i) * column('threads')):'speedup': \\\n"
    "      'speedup_low':'speedup_high' with yerrorbars lt i + 1 \\\n"
    "      title (settings > 1 ? name[i + 1] : 'measured')\n"
    "}\n"
    "\n"
    "eval linear\n"
    "set xlabel varied\n"
    "set ylabel 'step in ' . unit\n"
    "if (wide) { eval logarithmic(10) }\n"
    "if (settings == 1 && most <= 8) { set xtics 1 }\n"
    "if (named) { set xtics () rotate by 30 right }\n"
    "label_of(i) = name[i][1:strlen(varied)] eq varied ? name[i][strlen(varied)+2:*] : name[i]\n"
    "do for [i=1:settings] { if (named) { set xtics add (label_of(i) i) } }\n"
    "do for [type in (times > 0 ? 'svg png' : '')] {\n"
    "  eval canvas('step', type)\n"
    "  plot for [k=1:(settings > 1 ? teams : 1)] 'points.csv' \\\n"
    "    using ((settings > 1 ? team(k) : own(0)) * x(0)): \\\n"
    "    (u('step_s')):(u('step_s_low')):(u('step_s_high')) with yerrorlines lt k lw 1 \\\n"
    "    title (settings > 1 ? called(k) : '')\n"
    "}\n"
    "\n"
    "eval linear\n"
    "set xlabel (settings > 1 ? '' : 'threads')\n"
    "set ylabel 'thread time for a sample, base = 100'\n"
    "set xtics rotate by (settings > 1 ? 40 : 0) right\n"
    "set style data histograms\n"
    "set style histogram rowstacked\n"
    "set boxwidth 0.75\n"
    "set arrow 1 from graph 0, first 100 to graph 1, first 100 nohead lc rgb grey dt 2 front\n"
    "do for [type in (phases_known > 0 ? 'svg png' : '')] {\n"
    "  eval canvas('phases', type)\n"
    "  plot for [k=1:words(phases)] 'points.csv' using (phase(k)):xtic(bar(0)) \\\n"
    "    lc rgb (k <= 5 ? colour[k] : grey) title word(phases, k)\n"
    "}\n"
    "\n"
    "unset arrow 1\n"
    "eval linear\n"
    "set style data lines\n"
    "set xlabel 'a single step, percent of the median step'\n"
    "set ylabel 'percent of steps that are not longer'\n"
    "set xrange [*:*<250]\n"
    "do for [type in (single_known > 0 ? 'svg png' : '')] {\n"
    "  eval canvas('single', type)\n"
    "  plot for [i=0:settings-1] for [k=(settings > 1 ? teams : 1):teams] 'steps.csv' \\\n"
    "    using (own(i) * team(k) * 100 * column('of_median')):(100 * column('part')) \\\n"
    "    lt i + k title called(k) . (settings > 1 ? ', ' . name[i + 1] : '')\n"
    "}\n";

void scale_write_plots(const scale_study *s, FILE *out)
{
    fputs(head, out);
    put_study(s, out);
    fputs(script, out);
}
