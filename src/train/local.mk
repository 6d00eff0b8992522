libnudge_all_la_SOURCES += \
	src/train/plan.h src/train/plan.c src/train/plan_pieces.c \
	src/train/optimizer.h src/train/optimizer.c \
	src/train/schedule.h src/train/schedule.c \
	src/train/lbfgs.h src/train/lbfgs.c \
	src/train/engine.h src/train/job.h src/train/tally.h \
	src/train/check.h src/train/check.c \
	src/train/run.h src/train/run.c \
	src/train/trainer_state.h src/train/trainer.c src/train/trainer_run.h src/train/trainer_run.c \
	src/train/trainers.c \
	src/train/epoch.h src/train/epoch.c \
	src/train/checkpoint.c src/train/checkpoint_json.h src/train/checkpoint_json.c \
	src/train/evaluate.h src/train/evaluate.c \
	src/train/calibrate.c src/train/interval.c \
	src/train/predict_row.c src/train/importance.c \
	src/train/metrics.h src/train/metrics.c src/train/ranking.h src/train/ranking.c \
	src/train/gradcheck.c
numeric_sources += \
	src/train/update.h src/train/update.c \
	src/train/infer.h src/train/infer.c src/train/score.h src/train/score.c \
	src/train/state.h src/train/engine.c src/train/engine_memory.h src/train/engine_memory.c \
	src/train/step.h src/train/step.c src/train/step_tiles.h src/train/step_tiles.c \
	src/train/step_partials.h src/train/step_partials.c \
	src/train/step_weights.h src/train/step_weights.c
