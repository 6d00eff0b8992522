/* Trains a network on x -> x^2 and writes it to a file. */
#include <nudge.h>
#include <stdio.h>

static int show(const nudge_epoch *e, void *user)
{
    (void)user;
    if (e->epoch % 50 == 0)
        printf("epoch %zu: loss %.6f\n", e->epoch, e->train_loss);
    return 0; /* anything else would stop the training */
}

int main(void)
{
    enum { ROWS = 256 };
    double x[ROWS], y[ROWS], out[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i] = 2.0 * i / (ROWS - 1) - 1;
        y[i] = x[i] * x[i];
    }

    nudge_error err = {0};
    nudge_dataset *data = NULL;
    nudge_model *model = NULL;
    size_t widths[] = {1, 16, 16, 1};
    nudge_model_options network = nudge_model_defaults();
    network.layers = 3;
    network.widths = widths;
    nudge_train_options training = nudge_train_defaults();
    training.optimizer.lr = 0.01;
    training.batch = 32;
    training.epochs = 200;
    training.on_epoch = show;

    int failed =
        nudge_dataset_from_arrays(&data, NUDGE_F32, ROWS, 1, 1, x, y, NULL, &err) != NUDGE_OK ||
        nudge_model_create(&model, &network, NULL, &err) != NUDGE_OK ||
        nudge_train(model, data, NULL, &training, NULL, &err) != NUDGE_OK ||
        nudge_predict(model, data, 0, out, &err) != NUDGE_OK ||
        nudge_model_save(model, "square.safetensors", &err) != NUDGE_OK;
    if (failed)
        fprintf(stderr, "example: %s\n", err.text);
    else
        printf("x = 1: y = %.3f\n", out[ROWS - 1]);
    nudge_model_free(model);
    nudge_dataset_free(data);
    return failed;
}
