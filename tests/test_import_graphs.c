/* ONNX graphs, each of a few nodes: what they predict, or why they are refused. */
#include "graph_fixtures.h"

/* ---- What they predict ------------------------------------------------------------------ */

#define CAST "Cast U -> W to=1\nMatMul X,W -> H\n"
#define RESHAPED(shape) X V "c U f 6 1 2 3 4 5 6\nc S l 2 " shape "\nReshape U,S -> W\n" \
    "MatMul X,W -> H\n" HY

static const graph_good good[] = {
    {XH HY, "1 2 3", "16"},
    {XW "ai.onnx:MatMul X,W -> H\n" HY, "1 2 3", "16"},
    /* Constants: their types, in lists and as bytes; shapes. */
    {X V "c W d 3,2 1 2 3 4 5 6\nMatMul X,W -> H\n" HY, "1 2 3", "16"},
    {X V "c U i 3,2 1 2 3 4 5 6\n" CAST HY, "1 2 3", "16"},
    {X V "c U b 3,2 1 2 3 4 5 -6\n" CAST HY, "1 2 3", "52"},
    {X V "c U u 3,2 1 2 3 4 5 6\n" CAST HY, "1 2 3", "16"},
    {X V "c U t 3,2 1 0 1 0 1 0\n" CAST HY, "1 2 3", "12"},
    {X V "c W f! 3,2 1 2 3 4 5 6\nMatMul X,W -> H\n" HY, "1 2 3", "16"},
    {X V "c W d! 3,2 1 2 3 4 5 6\nMatMul X,W -> H\n" HY, "1 2 3", "16"},
    {X V "c U i! 3,2 1 2 3 4 5 6\n" CAST HY, "1 2 3", "16"},
    {X V "c U l! 3,2 1 2 3 4 5 6\n" CAST HY, "1 2 3", "16"},
    {X V "c U b! 3,2 1 2 3 4 5 -6\n" CAST HY, "1 2 3", "52"},
    {X V "c U u! 3,2 1 2 3 4 5 6\n" CAST HY, "1 2 3", "16"},
    {RESHAPED("3 2"), "1 2 3", "16"},
    {RESHAPED("3 -1"), "1 2 3", "16"},
    {RESHAPED("-1 2"), "1 2 3", "16"},
    {X V "c U f 2,3 1 3 5 2 4 6\nTranspose U -> W\nMatMul X,W -> H\n" HY, "1 2 3", "16"},
    {XW "Transpose W -> U perm=[0,1]\nMatMul X,U -> H\n" HY, "1 2 3", "16"},
    {XW "c B f - 1\nGemm X,W,B -> H\n" HY, "1 2 3", "17"},
    {XH "Constant -> C value_float=0.5\nAdd H,C -> R\n" RY, "1 2 3", "16.5"},
    {XH "Constant -> I value_int=2\nCast I -> C to=1\nAdd H,C -> R\n" RY, "1 2 3", "18"},
    {XH "Constant -> C value_floats=[1.0,3.0]\nAdd H,C -> R\n" RY, "1 2 3", "15"},
    {XH "Constant -> I value_ints=[1,3]\nCast I -> C to=1\nAdd H,C -> R\n" RY, "1 2 3", "15"},
    {XH "c T f - 0.5\nConstant -> C value=@T\nAdd H,C -> R\n" RY, "1 2 3", "16.5"},
    /* Arithmetic of units, by a number for each. */
    {XH "c C f 2 1 2\nSub H,C -> R\n" RY, "1 2 3", "16"},
    {XH "c C f 2 1 3\nSub C,H -> R\n" RY, "1 2 3", "-17"},
    {XH "c C f 2 2 4\nDiv H,C -> R\n" RY, "1 2 3", "15"},
    {XH "c C f 2 2 4\nMul C,H -> R\n" RY, "1 2 3", "-24"},
    {XH "c C f 2 2 4\nc D f - 0.5\nRelu H -> P\nMul P,C -> Q\nMul Q,D -> R\n" RY,
     "3 -1.2 0", "-2.4"},
    /* Activations of parts. h = (-0.6, 1.2) */
    {XH "c Z f - 0\nLess H,Z -> L\nWhere L,Z,H -> R\n" RY, "3 -1.2 0", "-1.2"},
    {XH "c Z f - 0\nLessOrEqual H,Z -> L\nWhere L,Z,H -> R\n" RY, "3 -1.2 0", "-1.2"},
    {XH "c Z f - 0\nGreaterOrEqual H,Z -> L\nWhere L,H,Z -> R\n" RY, "3 -1.2 0", "-1.2"},
    {XH "c Z f - 0\nEqual H,Z -> L\nWhere L,Z,H -> R\n" RY, "3 -1.2 0", "-2.4"},
    {XH "c Z f - 0.01\nPRelu H,Z -> R\n" RY, "3 -1.2 0", "-1.212"},
    {XH "Gelu H -> R\n" RY, "3 -1.2 0", "-1.3910192"},
    /* What changes no value. */
    {XH "c F t - 0\nDropout H,_,F -> R,M\n" RY, "1 2 3", "16"},
    {XH "c S l 2 -1 2\nReshape H,S -> R\n" RY, "1 2 3", "16"},
    {XH "c S l 2 0 -1\nReshape H,S -> R\n" RY, "1 2 3", "16"},
    {XH "MatMul H,V -> Z\nc S l 1 -1\nReshape Z,S -> Y\nout Y\n", "1 2 3", "16"},
    {"in X l ?,3\nCast X -> C to=7\nCast C -> D to=6\nCast D -> E to=1\n" W V
     "MatMul E,W -> H\n" HY, "1 2 3", "16"},
    /* Columns. */
    {XW "c C f 3 1 1 1\nSub C,X -> Z\nMatMul Z,W -> H\n" HY, "3 -1.2 0", "8.4"},
    {XW "c C f 3 1 2 4\nMul C,X -> Z\nc D f - 2\nDiv Z,D -> Q\nMatMul Q,W -> H\n" HY,
     "2 2 2", "20"},
    {"in X f ?\n" W V "c C f 3 1 1 1\nAdd X,C -> Z\nMatMul Z,W -> H\n" HY, "0 1 2", "16"},
    {"in X f -\n" W V "MatMul X,W -> H\n" HY, "1 2 3", "16"},
    {XW "c C f 3 1 1 1\nAdd C,X -> Z\nMatMul Z,W -> H\n" HY, "0 1 2", "16"},
    {X "c W f 6,1 1 2 3 4 5 6\nConcat X,X -> Z axis=-1\nMatMul Z,W -> Y\nout Y\n", "1 2 3", "46"},
    {"in X u ?,2,2\nc W f 4,1 1 2 3 4\nCast X -> F to=1\nFlatten F -> G\nMatMul G,W -> Y\nout Y\n",
     "1 2 3 4", "30"},
    {"in X f ?,1,1,4\nc W f 4,1 1 2 3 4\nFlatten X -> F\nMatMul F,W -> Y\nout Y\n",
     "1 2 3 4", "30"},
    {"in X f ?,3,2,2\nc W f 12,1 1 1 1 1 1 1 1 1 1 1 1 -1\nFlatten X -> F\n"
     "MatMul F,W -> Y\nout Y\n",
     "1 2 3 4 5 6 7 8 9 10 11 12", "54"},
    {XW "c I l 3 -1 1 0\nGather X,I -> Z axis=-1\nMatMul Z,W -> H\n" HY, "3 2 1", "16"},
    {"in A f ?,2\nin B d ?,1\nin C h ?,1\nConcat A,B -> X\n" W V "MatMul X,W -> H\n" HY,
     "1 2 3", "16"},
    {"in A l ?,1\nin B f ?,1\nc V f 4,1 30 10 20 2\nOneHotEncoder A -> O cats_int64s=[5,1,2]\n"
     "Flatten O -> P\nConcat P,B -> X axis=1\nMatMul X,V -> Y\nout Y\n", "2 3", "26"},
    {"in A l ?,1\nin B f ?,1\nc V f 4,1 30 10 20 2\nCast A -> S to=8\n"
     "OneHotEncoder S -> O cats_strings=\"5|1|2\nFlatten O -> P\nFeatureVectorizer P,B -> X\n"
     "MatMul X,V -> Y\nout Y\n", "2 3", "26"},
    {XW "Imputer X -> Z imputed_value_floats=[1.0] replaced_value_float=nan\nMatMul Z,W -> H\n" HY,
     "1 nan 3", "14"},
    {XW "Imputer X -> Z imputed_value_floats=[1.0] replaced_value_float=nan\n"
        "Imputer Z -> Q imputed_value_floats=[1.0] replaced_value_float=nan\nMatMul Q,W -> H\n" HY,
     "1 nan 3", "14"},
    {XW "IsNaN X -> M\nc C f 3 1 2 3\nWhere M,C,X -> Z\nMatMul Z,W -> H\n" HY, "1 nan 3", "16"},
    /* Norms: h = (22, 28) becomes -1, 1, but for the epsilon. */
    {XH "c G f 2 2 3\nLayerNormalization H,G -> R\n" RY, "1 2 3", "-6.9999961"},
    {XH "c G f 2 2 3\nc B f 2 0.5 -1\nLayerNormalization H,G,B -> R axis=1\n" RY, "1 2 3",
     "-4.9999961"},
    {XH "c A l 1 -1\nc T f - 2\nc E f - 0.00001\nReduceMean H,A -> M\nSub H,M -> C\nPow C,T -> S\n"
        "ReduceMean S -> U axes=[-1]\nAdd E,U -> P\nSqrt P -> D\nDiv C,D -> R\n" RY,
     "1 2 3", "-2.9999983"},
};

GRAPHS_PREDICT(good)

/* ---- What is refused -------------------------------------------------------------------- */

static const graph_bad bad[] = {
    /* Nodes. */
    {XH "Relu H\n", "(Relu): it makes nothing"},
    {XH "Relu H,H -> R\n", "node 'R' (Relu): 2 inputs"},
    {XH "Gelu H -> R approximate='tanh\n" RY, "node 'R' (Gelu): what it makes of layer 1 is no "
     "activation that nudge has"},
    {XH "Dropout H -> R,M\nRelu M -> N\n", "node 'N' (Relu): it does not go on from units of a"},
    {XH "Gather H -> R\n", "node 'R' (Gather): 1 inputs"},
    {XH "Gather H,_ -> R\n", "node 'R' (Gather): 2 inputs"},
    {XH "Relu _ -> R\n", "node 'R' (Relu): no operator"},
    {XH "Dropout H,H,H,H -> R\n", "node 'R' (Dropout): 4 inputs"},
    {XH, ": it has no layers, or no outputs"},
    {"in X f ?,3\nout X\n", ": output 'X' is nothing that a layer gives"},
    {X, ": it has no layers, or no outputs"},
    /* Shapes. */
    {XH "Flatten H -> R axis=0\n", "rows are put together"},
    {XH "c S l 3 1 -1 2\nReshape H,S -> R\n", "node 'R' (Reshape): rows are no longer rows"},
    {XH "c S l 2 -1 1\nReshape H,S -> R\n", "rows are no longer rows"},
    {XH "c S l 1 -1\nReshape H,S -> R\n", "rows are no longer rows"},
    {XH "c S l 0\nReshape H,S -> R\n", "rows are no longer rows"},
    {X "c U f 6 1 2 3 4 5 6\nReshape U -> W\nMatMul X,W -> H\n", "(Reshape): it has no shape"},
    {X "c U f 6 1 2 3 4 5 6\nc S l 2 2 2\nReshape U,S -> W\n", "6 numbers have no such shape"},
    {X "c U f 6 1 2 3 4 5 6\nc S l 1 6\nReshape U,S -> W\nMatMul X,W -> H\n", "times a matrix"},
    {X "c U f 6 1 2 3 4 5 6\nc S s 2 3 2\nReshape U,S -> W\n", "its shape is no constant"},
    {XH "c S l 2 4 0\nReshape H,S -> R\n", "rows are no longer rows"},
    {XH "c S s 1 a\nReshape H,S -> R\n", "(Reshape): its shape is no constant"},
    {XH "Reshape H -> R\n", "(Reshape): it has no shape"},
    {XH "c A l 1 0\nUnsqueeze H,A -> R\n", "(Unsqueeze): axis 0: rows are no longer rows"},
    {"in X f ?,1,1,4\nc W f 4,1 1 2 3 4\nMatMul X,W -> Y\n", "rows, [N, n], and gets 4 axes"},
    {XH "c F s - no\nDropout H,_,F -> R,_\n", "it draws at random, as in training"},
    {XH "Dropout H,X,X -> R\n", "it draws at random, as in training"},
    {XH "Concat H,H -> R axis=0\n", "along axis 0, not along a row"},
    {XH "Softmax H -> R axis=2\n", "along axis 2, not along a row"},
    {X "c U s 1,1 a\nTranspose U -> W\n", "nothing but a matrix of weights can be transposed"},
    {X "c U f 2 1 2\nTranspose U -> W\n", "nothing but a matrix of weights can be transposed"},
    {X "Transpose X -> W\n", "nothing but a matrix of weights can be transposed"},
    /* Types and constants. */
    {"in X l ?,3\nCast X -> C to=2\n", "(Cast): to type 2, which changes values"},
    {XW "Cast X -> C to=7\n", "(Cast): to type 7, which changes values"},
    {XH "Cast H -> C to=7\n", "(Cast): to type 7, which changes values"},
    {"in X l ?,3\nc C l - 1\nAdd X,C -> Z\n", "(Add): whole numbers are computed with before"},
    {"in X l ?,3\nc C l - 2\nMul X,C -> Z\n", "(Mul): whole numbers are computed with before"},
    {"in X l -\nCast X -> Q to=7\n", "(Cast): to type 7, which changes values"},
    {XH "Constant -> C\n", "(Constant): a constant without tensor or numbers"},
    {XH "Constant -> C other='x\n", "(Constant): a constant without tensor or numbers"},
    {XW "c C d! 2 1\nGemm X,W,C -> H\n", "tensor 'C' has not the 2 values that its shape says"},
    {XW "c C l! 2 1\nGemm X,W,C -> H\n", "tensor 'C' has not the 2 values that its shape says"},
    {XW "c C i 2 1\nGemm X,W,C -> H\n", "tensor 'C' has not the 2 values that its shape says"},
    {XW "c C b 2 1\nGemm X,W,C -> H\n", "tensor 'C' has not the 2 values that its shape says"},
    {XW "c C u! 2 1\nGemm X,W,C -> H\n", "tensor 'C' has not the 2 values that its shape says"},
    {XW "c C s 2 a b\nGemm X,W,C -> H\n", "(Gemm): biases are numbers"},
    {XW "Gemm X,W,X -> H\n", "(Gemm): 2 biases are needed"},
    {X "c W s 3,2 a b c d e f\nMatMul X,W -> H\n", "(MatMul): of whole numbers that are not cast"},
    /* Units. */
    {XH "c C f 2 1 2\nDiv C,H -> R\n", "no such operator can have a constant for each unit"},
    {XH "c C f 2 1 2\nMax H,C -> R\n", "(Max): of a constant for each unit"},
    {XH "c C s 2 a b\nMul H,C -> R\n", "(Mul): of texts"},
    {XH "c C s - a\nc D f - 1\nWhere H,C,D -> R\n", "a number for all units is needed"},
    {XH "c C f 2 1 2\nc D f - 1\nWhere H,C,D -> R\n", "a number for all units is needed"},
    {XH "c C f - 1\nAdd C,C -> R\n", "(Add): it is of constants alone"},
    {XH "Add H,X -> R\n", "columns are added to, multiplied and divided by constants"},
    {XH "Add H,_ -> R\n", "(Add): it does not go on from units of a layer"},
    {XH "c C f 2 1 2\nRelu H -> P\nMul P,C -> Q\nTanh Q -> R\n", "the layer has its activation"},
    {XH "Exp H -> R\n" RY, "exp is no activation that nudge has"},
    {XH "c C f 2 1 2\nExp H -> E\nMul E,C -> R\n", "exp is no activation that nudge has"},
    {XH "Relu H -> P\nTanh H -> Q\nout P\nout Q\n", "layer 1 has the activations relu and tanh"},
    {XH "c C f - 2\nRelu H -> P\nMul P,C -> Q\nout P\nout Q\n", "layer 1 goes two ways: a branch"},
    {XH "c C f - 1\nRelu H -> P\nAdd P,C -> Q\nout P\nout Q\n", "layer 1 goes two ways: a branch"},
    {XH "c C f 2 1 2\nReduceMean H -> M axes=[1]\nMul H,C -> R\n", "layer 1 goes two ways"},
    {XH HY "MatMul X,W -> Z\n", "columns go into more than one layer"},
    {XH "Softmax H -> P\n" HY, "a layer behind one that probabilities are made of"},
    {XH "c C f 2 1 2\nBatchNormalization H,C,C,C,C -> R training_mode=1\n", "for inference"},
    {X "c C f 3 1 2 3\nBatchNormalization X,C,C,C,C -> R\n", "it is read behind a layer"},
    {XH "c C f 3 1 2 3\nBatchNormalization H,C,C,C,C -> R\n", "2 constants are needed"},
    {XH "c C f 2 1 2\nBatchNormalization H,C,C,C,_ -> R\n", "2 constants are needed"},
    {XH "c C s 2 a b\nBatchNormalization H,C,C,C,C -> R\n", "constants are numbers"},
};

GRAPH_SUITE("import_graphs", bad, predict)
