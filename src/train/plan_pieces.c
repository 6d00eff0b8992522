/* The pieces of a plan's stages, and who takes which. */
#include "core/team.h"
#include "train/plan.h"

/* The cost of the tiles before tile i. */
static double cost_before(const nu_plan *plan, size_t i)
{
    return i > 0 ? plan->tiles[i - 1].cost : 0;
}

/* Of the tiles low .. high-1, the first that begins at or after `cost`, where a tile straddling it
 * goes to the side that has more of it. */
static size_t tile_at_cost(const nu_plan *plan, size_t low, size_t high, double cost)
{
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((cost_before(plan, middle) + plan->tiles[middle].cost) / 2 < cost)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Likewise among the pieces of a stage over tiles, which cost as much as their panel is wide; down
 * a panel they are all alike. */
static size_t piece_at_column(const nu_plan *plan, const nu_stage *s, size_t rows, double column)
{
    size_t i = nu_stage_makes(s), down = nu_ceil_div(rows, plan->tile_rows);
    size_t q = (size_t)column / plan->net->panel[i];
    if (q >= plan->net->panels[i])
        return down * plan->net->panels[i];
    double part = (column - (double)(q * plan->net->panel[i])) /
                  (double)nu_panel_columns_of(plan->net, i, q);
    return q * down + (size_t)(part * (double)down + 0.5);
}

nu_span nu_plan_share(const nu_plan *plan, const nu_stage *s, size_t rows, int thread, int threads)
{
    double from = (double)thread / threads, to = (double)(thread + 1) / threads;
    nu_span own;
    if (s->over == NU_OVER_ROWS) {
        nu_team_share(nu_plan_blocks(plan, rows), thread, threads, &own.first, &own.end);
    } else if (s->over == NU_OVER_TILES) {
        double columns = (double)plan->net->width[nu_stage_makes(s)];
        own.first = piece_at_column(plan, s, rows, columns * from);
        own.end = piece_at_column(plan, s, rows, columns * to);
    } else {
        size_t first = plan->first_tile[s->layers.first], end = plan->first_tile[s->layers.end];
        double before = cost_before(plan, first), all = cost_before(plan, end) - before;
        own.first = thread == 0 ? first : tile_at_cost(plan, first, end, before + all * from);
        own.end = thread == threads - 1 ? end : tile_at_cost(plan, first, end, before + all * to);
    }
    return own;
}

static void visit_block(const nu_plan *plan, const nu_stage *s, size_t rows, size_t block,
                        void (*visit)(void *arg, const nu_piece *piece), void *arg)
{
    const nu_network *net = plan->net;
    nu_piece p = {.rows = nu_span_piece((nu_span){0, rows}, block * plan->block_rows,
                                        plan->block_rows),
                  .block = block};
    if (s->does & NU_DOES(NU_PACK))
        visit(arg, &p);
    size_t forward = s->does & NU_DOES(NU_FORWARD) ? s->layers.end : s->layers.first;
    p.operation = NU_FORWARD;
    for (p.layer = s->layers.first; p.layer < forward; p.layer++) {
        p.panels = (nu_span){0, net->panels[p.layer + 1]};
        visit(arg, &p);
    }
    p.operation = NU_LOSS;
    p.layer = net->layers - 1;
    if (s->does & NU_DOES(NU_LOSS))
        visit(arg, &p);
    size_t back = s->does & NU_DOES(NU_BACKWARD) ? s->layers.first : s->layers.end;
    for (size_t l = s->layers.end; l-- > back;) {
        p.layer = l;
        p.operation = NU_PARTIAL;
        if (plan->is_private[l])
            visit(arg, &p);
        p.operation = NU_BACKWARD;
        p.panels = (nu_span){0, net->panels[l]};
        if (l > 0 || nu_network_embeds(net))
            visit(arg, &p);
    }
    p.operation = NU_EMBED;
    if ((s->does & NU_DOES(NU_BACKWARD)) && s->layers.first == 0 && nu_network_embeds(net))
        visit(arg, &p);
}

void nu_plan_visit(const nu_plan *plan, const nu_stage *s, size_t rows, size_t i,
                   void (*visit)(void *arg, const nu_piece *piece), void *arg)
{
    nu_piece p = {.rows = {0, rows}};
    if (s->over == NU_OVER_ROWS) {
        visit_block(plan, s, rows, i, visit, arg);
        return;
    }
    if (s->over == NU_OVER_PARAMETERS) {
        p.operation = s->does == NU_DOES(NU_GRADIENT) ? NU_GRADIENT
                      : s->does == NU_DOES(NU_UPDATE) ? NU_UPDATE : NU_BOUND;
        p.tile = &plan->tiles[i];
        p.layer = p.tile->layer;
    } else { /* down a panel, so that a thread keeps its weights */
        size_t down = nu_ceil_div(rows, plan->tile_rows);
        p.operation = s->does == NU_DOES(NU_FORWARD) ? NU_FORWARD : NU_BACKWARD;
        p.layer = s->layers.first;
        p.rows = nu_span_piece(p.rows, i % down * plan->tile_rows, plan->tile_rows);
        p.panels = (nu_span){i / down, i / down + 1};
    }
    visit(arg, &p);
}
