#!/bin/sh
# The command line against PyTorch's stored numbers: every case of torch-reference.json.
. "$(dirname "$0")/setup.sh"

if [ -n "$python" ]; then
    "$python" "$TOP_SRCDIR/tests/cli_torch.py" "$NUDGE" "$TEST_FILES/torch-reference.json" .
else
    skip "the command line against PyTorch" "no python3"
    finish
fi
