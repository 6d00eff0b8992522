/* ONNX graphs, each of a few nodes: shapes and types of columns, constants, units and labels, and
 * shapes that are values. */
#include "graph_fixtures.h"

#define QHY "MatMul Q,W -> H\n" HY
#define FHY "Flatten Q -> F\nMatMul F,W -> H\n" HY
#define SIX "c U f 6 1 2 3 4 5 6\n"
#define SHAPED "c S l 2 3 2\nReshape U,S -> W\n"
#define LABELS "ArgMax H -> I axis=1\nArrayFeatureExtractor L,I -> K\n"
#define CHANCES "0.0024726232 0.99752738"
#define NINE "9 0 1 1 1 1 1 1 1 1"

static const graph_good good[] = {
    /* Columns whose number the first layer tells. */
    {"in X f ?,?,3\n" W V "Flatten X -> Q\n" QHY, "1 2 3", "16"},
    {"in X f ?,?\n" W V "c S l 2 0 -1\nReshape X,S -> Q\n" QHY, "1 2 3", "16"},
    {"in X f ?,?\n" W V "c S l 3 0 -1 1\nReshape X,S -> Q\n" FHY, "1 2 3", "16"},
    {"in X f 4,?\n" W V "c S l 2 4 -1\nReshape X,S -> Q\n" QHY, "1 2 3", "16"},
    {"in X l -\n" W V "Cast X -> Q to=1\n" QHY, "1 2 3", "16"},
    {"in X B ?,3\n" W V "MatMul X,W -> H\n" HY, "1 2 3", "16"},
    /* Columns. */
    {"in X f ?,3,1\n" W V "Squeeze X -> Q\n" QHY, "1 2 3", "16"},
    {"in X f ?,3,1\n" W V "c A l 1 2\nSqueeze X,A -> Q\n" QHY, "1 2 3", "16"},
    {"opset 11\nin X f ?,1,3\n" W V "Squeeze X -> Q axes=[-2]\n" QHY, "1 2 3", "16"},
    {"in X f ?,3,1\n" W V "c S l 3 -1 1 3\nReshape X,S -> Q\n" FHY, "1 2 3", "16"},
    {"opset 11\nin X f ?,3,1\n" W V "Reshape X -> Q shape=[-1,3]\n" QHY, "1 2 3", "16"},
    {XW "c A l 1 1\nc C f - 2\nIsNaN X -> M\nUnsqueeze M,A -> N\nUnsqueeze X,A -> U\n"
        "Where N,C,U -> Q\n" FHY, "1 nan 3", "16"},
    /* Shapes of constants. */
    {X V SIX "c T f 3,2 0 0 0 0 0 0\nShape T -> S\nReshape U,S -> W\nMatMul X,W -> H\n" HY,
     "1 2 3", "16"},
    {X V "c U f 2,3 1 2 3 4 5 6\n" SHAPED "MatMul X,W -> H\n" HY, "1 2 3", "16"},
    {X V "c U f 3,1,2,1 1 2 3 4 5 6\nSqueeze U -> W\nMatMul X,W -> H\n" HY, "1 2 3", "16"},
    /* Numbers of shapes. */
    {XH "Shape H -> S\nReshape H,S -> R\n" RY, "1 2 3", "16"},
    {XW "c I l 1 -1\nc J l 1 -1\nShape X -> S\nGather S,I -> N\nSqueeze N -> O\nUnsqueeze O -> P\n"
        "Flatten P -> T\nCast T -> F to=1\nCast F -> L to=7\nConcat J,L -> G axis=0\n"
        "Reshape X,G -> Q\n" QHY, "1 2 3", "16"},
    /* Labels and probabilities are what they are in any shape of rows. */
    {XH "c L l 2 3 4\n" LABELS "c S l 1 -1\nReshape K,S -> R\nCast R -> Q to=8\nout Q\n", "1 2 3",
     CHANCES " 3|4"},
    {XH "c L l 2 3 4\n" LABELS "Flatten K -> R\nSqueeze R -> O\nc A l 1 1\nUnsqueeze O,A -> P\n"
        "Cast P -> Q to=1\nout Q\n", "1 2 3", CHANCES " 3|4"},
    {XH "Softmax H -> P\nShape P -> S\nReshape P,S -> R\nFlatten R -> Q\nout Q\n", "1 2 3",
     CHANCES " 0|1"},
    /* Types of constants that hold what they have. r = h + (0, 1) */
    {XH "c C f 2 0 1\nCast C -> B to=9\nCast B -> F to=1\nAdd H,F -> R\n" RY, "1 2 3", "15"},
    {XH "c C d 2 0 1\nCast C -> B to=6\nCast B -> F to=11\nAdd H,F -> R\n" RY, "1 2 3", "15"},
    {XH "c C d 2 0 -2147483647\nCast C -> B to=6\nCast B -> F to=1\nAdd H,F -> R\n" RY, "1 2 3",
     "2147483663"},
    {XH "c C d 2 0 9007199254740992\nCast C -> B to=7\nCast B -> F to=1\nAdd H,F -> R\n" RY,
     "1 2 3", "-9007199254740976"},
    {XH "c T l 2 3 4\nCast T -> L to=8\n" LABELS "out K\n", "1 2 3", CHANCES " 3|4"},
    {XH "c T s 2 a b\nCast T -> L to=8\n" LABELS "out K\n", "1 2 3", CHANCES " a|b"},
};

GRAPHS_PREDICT(good)

static const graph_bad bad[] = {
    /* Columns whose number nobody tells. */
    {"in X f ?,?\nSqueeze X -> Q\n", "(Squeeze): how many columns there are is not told"},
    {"in X f ?,?\nShape X -> S\nReshape X,S -> Q\n", "(Reshape): rows are no longer rows"},
    {"in X f ?,?\nc S l 2 -1 -2\nReshape X,S -> Q\n", "(Reshape): rows are no longer rows"},
    {"in X f ?,?\nc S l 2 -1 4194304\nReshape X,S -> Q\n", "(Reshape): rows are no longer rows"},
    {"in X f ?,?\nc S l 1 -1\nReshape X,S -> Q\n", "(Reshape): rows are no longer rows"},
    {"in X f ?,1,1,1,1,1,1,1,3\n", ": input 'X' has 9 axes"},
    /* Sizes. */
    {X SIX "c S l " NINE "\nReshape U,S -> R\n", "(Reshape): its shape has 9 numbers"},
    {"opset 11\n" X "Reshape X -> R shape=[0,3,1,1,1,1,1,1,1]\n", "its shape has 9 numbers"},
    {X SIX "c S f 2 1.5 4\nReshape U,S -> R\n", "(Reshape): 6 numbers have no such shape"},
    {X SIX "c S l 2 -1 -1\nReshape U,S -> R\n", "(Reshape): 6 numbers have no such shape"},
    {X SIX "c S l 2 6 0\nReshape U,S -> R\n", "(Reshape): a size of 0"},
    {X "c S l 2 0 3\nReshape X,S -> R allowzero=1\n", "(Reshape): a size of 0"},
    {X "c S l 3 0 3 0\nReshape X,S -> R\n", "(Reshape): a size of 0"},
    {X "Reshape X,X -> R\n", "(Reshape): its shape is no constant"},
    {X "c S l 2 1\nReshape X,S -> R\n", "tensor 'S' has not the 2 values that its shape says"},
    {X "c U f 6 1 2 3\n" SHAPED, "(Reshape): tensor 'U' has not the 6 values that its shape says"},
    {XH "Softmax H -> P\nc S l 2 -1 1\nReshape P,S -> R\n", "(Reshape): rows are no longer rows"},
    {XH "Softmax H -> P\nc A l 1 1\nUnsqueeze P,A -> R\n", "(Unsqueeze): rows are no longer rows"},
    /* Axes. */
    {"in X f ?,3,1\nc A l 1 3\nSqueeze X,A -> Q\n", "(Squeeze): axis 3: rows are no longer rows"},
    {"in X f ?,3,1\nc A l 1 -4\nSqueeze X,A -> Q\n", "(Squeeze): axis -4: rows are no longer"},
    {"in X f ?,3,1\nc A l 2 2 -1\nSqueeze X,A -> Q\n", "(Squeeze): axis -1: rows are no longer"},
    {"in X f ?,3,1\nc A f 1 1.5\nSqueeze X,A -> Q\n", "(Squeeze): axis 1.5: rows are no longer"},
    {X "Squeeze X,X -> Q\n", "(Squeeze): its axes is no constant"},
    {X "c A s 1 a\nUnsqueeze X,A -> Q\n", "(Unsqueeze): its axes is no constant"},
    {X "Unsqueeze X -> Q\n", "(Unsqueeze): it has no axes, or too many"},
    {X "c A l 7 1 2 3 4 5 6 7\nUnsqueeze X,A -> Q\n", "(Unsqueeze): it has no axes, or too many"},
    {X SIX "Flatten U -> W\n", "(Flatten): of a constant"},
    /* Numbers of shapes. */
    {X "Shape X -> S end=1\n", "(Shape): of columns or units, the whole of it"},
    {X "Shape X -> S\nShape S -> T\n", "(Shape): of columns or units, the whole of it"},
    {X "Shape X -> S\nCast S -> T to=9\n", "(Cast): to type 9, which changes values"},
    {X "Shape X -> S\nConcat S,_ -> T axis=0\n", "(Concat): numbers of a shape are needed"},
    {X "Shape X -> S\nConcat S,X -> T axis=0\n", "(Concat): its shape is no constant"},
    {X "Shape X -> S\nConcat S,S,S,S,S -> T axis=0\n", "(Concat): a shape of more than 8 axes"},
    {X "Shape X -> S\nGather S,X -> T\n", "(Gather): its indices is no constant"},
    {X "Shape X -> S\nc I l 1 2\nGather S,I -> T\n", "(Gather): there is no axis 2"},
    {X "Shape X -> S\nc I l 1 -3\nGather S,I -> T\n", "(Gather): there is no axis -3"},
    /* Types. */
    {X "c C f 1 2\nCast C -> B to=10\n", "(Cast): to type 10, which changes values"},
    {X "c C f 1 2\nCast C -> B to=9\n", "(Cast): to type 9, which changes values"},
    {X "c C f 1 -1\nCast C -> B to=9\n", "(Cast): to type 9, which changes values"},
    {X "c C f 1 0.5\nCast C -> B to=9\n", "(Cast): to type 9, which changes values"},
    {X "c C d 1 2147483648\nCast C -> B to=6\n", "(Cast): to type 6, which changes values"},
    {X "c C d 1 1e300\nCast C -> B to=7\n", "(Cast): to type 7, which changes values"},
    {X "c C f 1 inf\nCast C -> B to=7\n", "(Cast): to type 7, which changes values"},
    {X "c C f 1 nan\nCast C -> B to=8\n", "(Cast): to type 8, which changes values"},
    {X "c C s 1 1\nCast C -> B to=1\n", "(Cast): to type 1, which changes values"},
    {X "c C f 2 1\nCast C -> B to=7\n", "tensor 'C' has not the 2 values that its shape says"},
    {XH "ArgMax H -> I axis=1\nCast I -> L to=9\n", "(Cast): to type 9, which changes values"},
    {"in X l ?,3\nc C f - 1\nCast X -> F to=1\nAdd F,C -> Z\nCast Z -> Q to=7\n",
     "node 'Q' (Cast): to type 7, which changes values"},
    {"in X l ?,3\nc C f - 2\nCast X -> F to=1\nMul F,C -> Z\nCast Z -> Q to=7\n",
     "node 'Q' (Cast): to type 7, which changes values"},
};

GRAPH_SUITE("import_graph_shapes", bad, predict)
