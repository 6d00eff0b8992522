/* ONNX graphs that differ in one thing from those that are read: shapes of constants, axes, types,
 * attributes, opsets, thresholds. What makes the same of the data is read, and predicts what ONNX
 * Runtime 1.30 does; what would be another function is refused. */
#include "graph_fixtures.h"

#define FOUR "0.02 0.5 -1.5 2 3 1 0.0295 -0.01"
#define TWO "0.02 0.5 -1.5 2"

/* H is x, or its sum. */
#define COLUMNS "in X f ?,2\n"
#define UNIT "c W f 2,2 1 0 0 1\n"
#define LAYER COLUMNS UNIT "Gemm X,W -> H\n"
#define SUM COLUMNS "c W f 2,1 1 1\n" "Gemm X,W -> H\n"
#define PAIR SUM "c O f 1 1\nSigmoid H -> P\nSub O,P -> Q\n"
#define QY "Gemm Q,W -> Y\nout Y\n"

/* H where that is more than c, otherwise 0. */
#define ABOVE(c) LAYER "c C f - " c "\nc Z f - 0\nGreater H,C -> G\nWhere G,H,Z -> Y\nout Y\n"

/* A constant where it is added, multiplied and subtracted. */
#define ADDED(c) LAYER "c C f " c "\nAdd H,C -> Y\nout Y\n"
#define TO_ONE(c) SUM "c C f " c "\nAdd H,C -> Y\nout Y\n"
#define BEHIND(c) LAYER "c V f 2,2 1 2 3 4\nc C f " c "\nRelu H -> R\nMul C,R -> Q\n" \
    "Gemm Q,V -> Y\nout Y\n"
#define BEFORE(c) COLUMNS UNIT "c C f " c "\nSub X,C -> Q\n" QY
#define BIAS(c) COLUMNS UNIT "c C f " c "\nGemm X,W,C -> Y\nout Y\n"

static const graph_good good[] = {
    /* What units are made of, which are x. */
    {ABOVE("0"), FOUR, "0.02 0.5 0 2 3 1 0.0295 0"},
    {LAYER "c C f - 0.01\nMul H,C -> L\nMax H,L -> Y\nout Y\n", FOUR,
     "0.02 0.5 -0.015 2 3 1 0.0295 -0.0001"},
    {LAYER "c C f - 20\nSoftplus H -> S\nGreater H,C -> G\nWhere G,H,S -> Y\nout Y\n", FOUR,
     "0.7031971 0.974077 0.2014133 2.126928 3.048587 1.313262 0.708006 0.6881597"},
    {LAYER "Sigmoid H -> S\nMul H,S -> Y\nout Y\n", FOUR,
     "0.0101 0.3112296 -0.2736383 1.761594 2.857722 0.7310586 0.01496755 -0.004975"},
    {LAYER "c C f - 2\nc O f - 1\nMul H,C -> D\nNeg D -> N\nExp N -> E\nAdd E,O -> A\n"
     "Div C,A -> S\nSub S,O -> Y\nout Y\n", FOUR,
     "0.01999736 0.4621172 -0.9051483 0.9640275 0.9950548 0.7615941 0.02949142 -0.009999573"},
    {LAYER "c Z f - 0\nc O f - 1\nGreater H,Z -> G\nExp H -> E\nSub E,O -> M\nWhere G,H,M -> Y\n"
     "out Y\n", FOUR, "0.02 0.5 -0.7768698 2 3 1 0.0295 -0.009950161"},
    {LAYER "c C f - 0.03\nSub H,C -> R\nRelu R -> Y\nout Y\n", FOUR, "0 0.47 0 1.97 2.97 0.97 0 0"},
    {LAYER "Celu H -> Y alpha=1.0\nout Y\n", FOUR, "0.02 0.5 -0.7768698 2 3 1 0.0295 -0.009950161"},
    {LAYER "Selu H -> Y\nout Y\n", FOUR,
     "0.02101402 0.5253505 -1.365814 2.101402 3.152103 1.050701 0.03099568 -0.01749337"},
    {LAYER "LeakyRelu H -> Y\nout Y\n", FOUR, "0.02 0.5 -0.015 2 3 1 0.0295 -0.0001"},
    {LAYER "Softsign H -> Y\nout Y\n", FOUR,
     "0.01960784 0.3333333 -0.6 0.6666667 0.75 0.5 0.02865469 -0.00990099"},
    /* Constants of each shape. */
    {ADDED("1,2 10 20"), TWO, "10.02 20.5 8.5 22"},
    {BEHIND("1,2 10 20"), TWO, "30.2 40.4 120 160"},
    {BEFORE("1,2 10 20"), TWO, "-9.98 -19.5 -11.5 -18"},
    {BIAS("1,2 10 20"), TWO, "10.02 20.5 8.5 22"},
    {BEHIND("2 10 20"), TWO, "30.2 40.4 120 160"},
    {BEFORE("2 10 20"), TWO, "-9.98 -19.5 -11.5 -18"},
    {BIAS("2 10 20"), TWO, "10.02 20.5 8.5 22"},
    {ADDED("1,1 10"), TWO, "10.02 10.5 8.5 12"},
    {BEHIND("1,1 10"), TWO, "15.2 20.4 60 80"},
    {BEFORE("1,1 10"), TWO, "-9.98 -9.5 -11.5 -8"},
    {BIAS("1,1 10"), TWO, "10.02 10.5 8.5 12"},
    {TO_ONE("1,1 10"), FOUR, "10.52 10.5 14 10.0195"},
    {ADDED("1 10"), TWO, "10.02 10.5 8.5 12"},
    {BEHIND("1 10"), TWO, "15.2 20.4 60 80"},
    {BEFORE("1 10"), TWO, "-9.98 -9.5 -11.5 -8"},
    {BIAS("1 10"), TWO, "10.02 10.5 8.5 12"},
    {TO_ONE("1 10"), FOUR, "10.52 10.5 14 10.0195"},
    {BEHIND("- 10"), TWO, "15.2 20.4 60 80"},
    {BEFORE("- 10"), TWO, "-9.98 -9.5 -11.5 -8"},
    {TO_ONE("- 10"), FOUR, "10.52 10.5 14 10.0195"},
    {LAYER "c C f 2 10 20\nc A l 1 0\nUnsqueeze C,A -> U\nAdd H,U -> Y\nout Y\n", TWO,
     "10.02 20.5 8.5 22"},
    {COLUMNS "c C f 2 10 20\nc A l 1 -1\nUnsqueeze C,A -> U\nMatMul X,U -> Y\nout Y\n", FOUR,
     "10.2 25 50 0.09500002"},
    {SUM "c C f - 10\nc A l 2 0 1\nUnsqueeze C,A -> U\nAdd H,U -> Y\nout Y\n", FOUR,
     "10.52 10.5 14 10.0195"},
    {COLUMNS UNIT "c C f 1 2\nCast C -> I to=7\nCast I -> F to=1\nGemm X,W -> H\nMul H,F -> Y\n"
     "out Y\n", FOUR, "0.04 1 -3 4 6 2 0.059 -0.02"},
    /* Shapes. */
    {LAYER "c S l 2 0 2\nReshape H,S -> R\nRelu R -> Y\nout Y\n", FOUR,
     "0.02 0.5 0 2 3 1 0.0295 0"},
    {"in X f 4,2\n" UNIT "c S l 2 4 2\nGemm X,W -> H\nReshape H,S -> R\nRelu R -> Y\nout Y\n", FOUR,
     "0.02 0.5 0 2 3 1 0.0295 0"},
    {"in X f 4,2\n" UNIT "c S l 2 4 -1\nGemm X,W -> H\nReshape H,S -> R\nRelu R -> Y\nout Y\n",
     FOUR, "0.02 0.5 0 2 3 1 0.0295 0"},
    {"in X f 1,2\n" UNIT "c S l 2 1 -1\nReshape X,S -> Q\n" QY, "3 1", "3 1"},
    {"in X f ?,?\n" UNIT "c S l 2 -1 2\nReshape X,S -> Q\n" QY, FOUR,
     "0.02 0.5 -1.5 2 3 1 0.0295 -0.01"},
    {SUM "c A l 1 -1\nSqueeze H,A -> Y\nout Y\n", FOUR, "0.52 0.5 4 0.0195"},
    {SUM "Squeeze H -> Y\nout Y\n", FOUR, "0.52 0.5 4 0.0195"},
    {SUM "c A l 1 1\nSqueeze H,A -> Q\nSigmoid Q -> Y\nout Y\n", FOUR,
     "0.6271477 0.6224593 0.9820138 0.5048748 0|1"},
    {SUM "c A l 1 1\nc B l 1 1\nc V f 1,2 1 2\nSqueeze H,A -> Q\nUnsqueeze Q,B -> U\n"
     "Gemm U,V -> Y\nout Y\n", FOUR, "0.52 1.04 0.5 1 4 8 0.0195 0.039"},
    {LAYER "Flatten H -> Y axis=-1\nout Y\n", FOUR, "0.02 0.5 -1.5 2 3 1 0.0295 -0.01"},
    {COLUMNS UNIT "c Z l - 0\nc A l 1 0\nc M l 1 -1\nShape X -> S\nGather S,Z -> N axis=0\n"
     "Unsqueeze N,A -> U\nConcat U,M -> T axis=0\nReshape X,T -> Q\n" QY, FOUR,
     "0.02 0.5 -1.5 2 3 1 0.0295 -0.01"},
    {COLUMNS UNIT "c Z l 1 1\nc M l 1 -1\nShape X -> S\nGather S,Z -> N axis=0\n"
     "Concat M,N -> T axis=0\nReshape X,T -> Q\n" QY, FOUR, "0.02 0.5 -1.5 2 3 1 0.0295 -0.01"},
    /* Columns. */
    {"in X f ?,1,2,2\nc W f 4,2 0 1 2 3 4 5 6 7\nc C f 2,2 1 2 3 4\nSub X,C -> P\nFlatten P -> Q\n"
     QY, "255 510 765 1020 1275 1530 1785 2295", "0 0 54 71"}, /* a picture: 255 times what X is */
    {"in X f ?,1\nc W f 1,2 1 2\nc A l 1 1\nc J l - 0\nGather X,J -> P axis=1\nUnsqueeze P,A -> Q\n"
     QY, "3 -2", "3 6 -2 -4"},
    {COLUMNS UNIT "c I l 2 1 0\nai.onnx.ml:ArrayFeatureExtractor X,I -> Q\n" QY, FOUR,
     "0.5 0.02 2 -1.5 1 3 -0.01 0.0295"},
    {COLUMNS UNIT "ai.onnx.ml:Scaler X -> Q offset=[1.0,2.0] scale=[2.0,3.0]\n" QY, FOUR,
     "-1.96 -4.5 -5 0 4 -3 -1.941 -6.03"},
    {COLUMNS UNIT "ai.onnx.ml:Scaler X -> Q offset=[1.0] scale=[2.0]\n" QY, FOUR,
     "-1.96 -1 -5 2 4 0 -1.941 -2.02"},
    {"in X l ?,2\n" UNIT "c C f - 2\nCast X -> D to=1\nDiv D,C -> Q\n" QY, "7 5 -3 2",
     "3.5 2.5 -1.5 1"},
    /* Layers and outputs. */
    {COLUMNS "c V f 2,2 1 2 3 4\nc C f 2 1 2\nGemm X,V,C -> Y alpha=2.0 beta=0.5 transB=1\nout Y\n",
     FOUR, "2.54 5.12 5.5 8 10.5 27 0.519 1.097"},
    {COLUMNS "c V f 2,2 1 2 3 4\nc C f 2 1 2\nGemm X,V,C -> Y beta=0.0\nout Y\n", FOUR,
     "1.52 2.04 4.5 5 6 10 -0.0004999992 0.019"},
    {"in X f 2\nc V f 2,2 1 2 3 4\nMatMul X,V -> Y\nout Y\n", "3 1", "6 10"},
    {LAYER "c S f 2 1 2\nc B f 2 1 2\nc M f 2 1 2\nc V f 2 1 2\n"
     "BatchNormalization H,S,B,M,V -> Y epsilon=0.1\nout Y\n", FOUR,
     "0.06560665 -0.07019669 -1.383657 2 2.906925 0.6198689 0.07466455 -0.7740636"},
    {LAYER "c V f 2,2 1 2 3 4\nRelu H -> R\nGemm R,V -> K\nRelu K -> L\nAdd R,L -> Q\n" QY, FOUR,
     "1.54 2.54 6 10 9 11 0.059 0.059"},
    {LAYER "Softmax H -> Y\nout Y\n", FOUR,
     "0.3822521 0.6177478 0.02931223 0.9706877 0.880797 0.1192029 0.5098737 0.4901263 0|1"},
    {"opset 11\n" LAYER "Softmax H -> Y\nout Y\n", FOUR,
     "0.3822521 0.6177478 0.02931223 0.9706877 0.880797 0.1192029 0.5098737 0.4901263 0|1"},
    {COLUMNS "c V f 2,2 1 2 3 4\nTranspose V -> W perm=[0,1]\nMatMul X,W -> Y\nout Y\n", "1 0",
     "1 2"},
    {LAYER "Exp H -> Y\nout Y\n", FOUR,
     "1.020201 1.648721 0.2231302 7.389056 20.08554 2.718282 1.029939 0.9900498"},
};

GRAPHS_PREDICT(good)

static const graph_bad bad[] = {
    /* What units are made of, which are x. */
    {LAYER "ThresholdedRelu H -> Y alpha=0.03\n", "(ThresholdedRelu): no operator"},
    {ABOVE("0.03"), "(Where): what it makes of layer 1 is no activation"},
    {ABOVE("0.001"), "(Where): what it makes of layer 1 is no activation"},
    {ABOVE("1e-05"), "(Where): what it makes of layer 1 is no activation"},
    {ABOVE("-0.01"), "(Where): what it makes of layer 1 is no activation"},
    {LAYER "c C f - 50\nGreater H,C -> G\n", "(Greater): it bends at 50"},
    {LAYER "c C f - 6\nRelu H -> R\nMin R,C -> Y\nout Y\n",
     "(Min): what it makes of layer 1 is no activation"},
    {LAYER "c C f - 50\nRelu H -> R\nMin R,C -> Y\n", "(Min): it bends at 50"},
    {LAYER "c C f - -100\nMax H,C -> Y\n", "(Max): it bends at -100"},
    {LAYER "c A f - 0.0301\nc B f - 0.0302\nGreater H,A -> G\nGreater H,B -> K\n",
     "(Greater): it bends at 0.0302000009, beside another bend at 0.0300999992"},
    {LAYER "c A f - 0\nc B f - 1e-07\nGreater H,A -> G\nGreater H,B -> K\n",
     "(Greater): it bends at 1.00000001e-07, beside another bend at 0"},
    {LAYER "c C f - 0.03\nc K f - 16\nc O f - 1\nSub H,C -> A\nMul A,K -> B\nExp B -> E\n"
     "Add E,O -> F\nDiv E,F -> S\nMul H,S -> Y\nout Y\n",
     "(Mul): what it makes of layer 1 is no activation"},
    {LAYER "Elu H -> Y alpha=0.5\nout Y\n", "(Elu): what it makes of layer 1 is no activation"},
    {LAYER "Celu H -> Y alpha=2.0\nout Y\n", "(Celu): what it makes of layer 1 is no activation"},
    {LAYER "Selu H -> Y gamma=1.0\nout Y\n", "(Selu): what it makes of layer 1 is no activation"},
    {LAYER "LeakyRelu H -> Y alpha=0.011\nout Y\n",
     "(LeakyRelu): what it makes of layer 1 is no activation"},
    {LAYER "HardSigmoid H -> Y\n", "(HardSigmoid): no operator"},
    {LAYER "HardSwish H -> Y\n", "(HardSwish): no operator"},
    {LAYER "Clip H -> Y\n", "(Clip): no operator"},
    {LAYER "c C f - 0.25\nPRelu H,C -> Y\nout Y\n",
     "(PRelu): what it makes of layer 1 is no activation"},
    {LAYER "c C f - 2\nPow H,C -> Y\nout Y\n", "(Pow): what it makes of layer 1 is no activation"},
    {LAYER "c C f 2 0.01 0.3\nPRelu H,C -> Y\n", "(PRelu): of a constant for each unit"},
    /* Constants of each shape. */
    {ADDED("2,1 10 20"), "(Add): a constant of shape [2, 1], for rows of 2"},
    {BEHIND("2,1 10 20"), "(Mul): a constant of shape [2, 1], for rows of 2"},
    {BEFORE("2,1 10 20"), "(Sub): a constant of shape [2, 1], for rows of 2"},
    {BIAS("2,1 10 20"), "(Gemm): a constant of shape [2, 1], for rows of 2"},
    {ADDED("1,1,2 10 20"), "(Add): a constant of shape [1, 1, 2], for rows of 2"},
    {BEHIND("1,1,2 10 20"), "(Mul): a constant of shape [1, 1, 2], for rows of 2"},
    {BEFORE("1,1,2 10 20"), "(Sub): a constant of shape [1, 1, 2], for rows of 2"},
    {BIAS("1,1,2 10 20"), "(Gemm): a constant of shape [1, 1, 2], for rows of 2"},
    {ADDED("1,1,1 10"), "(Add): a constant of shape [1, 1, 1], for rows of 2"},
    {BEHIND("1,1,1 10"), "(Mul): a constant of shape [1, 1, 1], for rows of 2"},
    {BEFORE("1,1,1 10"), "(Sub): a constant of shape [1, 1, 1], for rows of 2"},
    {BIAS("1,1,1 10"), "(Gemm): a constant of shape [1, 1, 1], for rows of 2"},
    {TO_ONE("1,1,1 10"), "(Add): a constant of shape [1, 1, 1], for rows of 1"},
    {ADDED("2,2 10 20 30 40"), "(Add): a constant of shape [2, 2], for rows of 2"},
    {BEHIND("2,2 10 20 30 40"), "(Mul): a constant of shape [2, 2], for rows of 2"},
    {BEFORE("2,2 10 20 30 40"), "(Sub): a constant of shape [2, 2], for rows of 2"},
    {BIAS("2,2 10 20 30 40"), "(Gemm): 2 biases are needed"},
    {LAYER "c C f 2 10 20\nc A l 1 1\nUnsqueeze C,A -> U\nAdd H,U -> Y\n",
     "(Add): a constant of shape [2, 1], for rows of 2"},
    {"opset 11\n" LAYER "c C f 2 10 20\nUnsqueeze C -> U axes=[1]\nAdd H,U -> Y\n",
     "(Add): a constant of shape [2, 1], for rows of 2"},
    {LAYER "c C f 2 10 20\nc A l 2 -1 1\nReshape C,A -> U\nAdd H,U -> Y\n",
     "(Add): a constant of shape [2, 1], for rows of 2"},
    {COLUMNS "c C f 4 1 2 3 4\nc A l 2 3 -1\nReshape C,A -> U\n",
     "(Reshape): 4 numbers have no such shape"},
    {COLUMNS "c C f 1 2.5\nCast C -> I to=7\n", "(Cast): to type 7, which changes values"},
    {COLUMNS "c C f 1 2\nCast C -> I to=9\n", "(Cast): to type 9, which changes values"},
    {COLUMNS "c C f 1 0.1\nCast C -> I to=10\n", "(Cast): to type 10, which changes values"},
    /* Shapes. */
    {LAYER "c S l 2 2 -1\nReshape H,S -> R\n", "(Reshape): rows are no longer rows"},
    {LAYER "c S l 2 1 -1\nReshape H,S -> R\n", "(Reshape): rows are no longer rows"},
    {LAYER "c S l 2 4 -1\nReshape H,S -> R\n", "(Reshape): rows are no longer rows"},
    {LAYER "c S l 3 0 1 2\nReshape H,S -> R\n", "(Reshape): rows are no longer rows"},
    {"in X f 4,2\n" UNIT "c S l 2 8 -1\nGemm X,W -> H\nReshape H,S -> R\n",
     "(Reshape): rows are no longer rows"},
    {"in X f 4,2\n" UNIT "c S l 2 0 -2\nGemm X,W -> H\nReshape H,S -> R\n",
     "(Reshape): rows are no longer rows"},
    {"in X f ?,?\nc S l 2 1 -1\nReshape X,S -> Q\n", "(Reshape): rows are no longer rows"},
    {LAYER "c A l 1 1\nUnsqueeze H,A -> U\n", "(Unsqueeze): rows are no longer rows"},
    {LAYER "c A l 1 0\nSqueeze H,A -> Y\n", "(Squeeze): axis 0: rows are no longer rows"},
    {LAYER "c A l 1 1\nSqueeze H,A -> Y\n", "(Squeeze): axis 1 has not the size 1"},
    {SUM "c A l 1 1\nSigmoid H -> S\nSqueeze S,A -> Q\nMul H,Q -> Y\n",
     "(Mul): rows are no longer rows"},
    {SUM "c A l 1 1\nc C f 1,1 2\nSqueeze H,A -> Q\nAdd Q,C -> Y\n",
     "(Add): a constant of shape [1, 1], for rows of 1"},
    {SUM "c A l 1 1\nc V f 1,2 1 2\nSqueeze H,A -> Q\nMatMul Q,V -> Y\n",
     "(MatMul): it takes rows, [N, n], and gets 1 axes"},
    {SUM "c A l 1 1\nc B l 1 0\nSqueeze H,A -> Q\nUnsqueeze Q,B -> U\n",
     "(Unsqueeze): axis 0: rows are no longer rows"},
    {COLUMNS "c Z l - 0\nc A l 1 0\nc M l 1 -1\nShape X -> S\nGather S,Z -> N axis=0\n"
     "Unsqueeze N,A -> U\nConcat M,U -> T axis=0\nReshape X,T -> Q\n",
     "(Reshape): rows are no longer rows"},
    {COLUMNS "Shape X -> S start=1\n", "(Shape): of columns or units, the whole of it"},
    /* Columns. */
    {"in X f ?,2,2\nc I l 1 1\nGather X,I -> P axis=1\n", "(Gather): columns by their numbers"},
    {"in X f ?,2,1,2\nc C f 2,2 1 2 3 4\nSub X,C -> P\n",
     "(Sub): a constant of shape [2, 2], for rows of 4"},
    {"in X f ?,4,1\nc C f 4 1 2 3 4\nSub X,C -> P\n",
     "(Sub): a constant of shape [4], for rows of 4"},
    {COLUMNS "c I l - 1\nc J l - 0\nGather X,I -> P axis=1\nGather X,J -> R axis=1\n"
     "Concat P,R -> T axis=-1\n", "(Concat): along axis -1, not along a row"},
    {COLUMNS "ai.onnx.ml:FeatureVectorizer X -> Q inputdimensions=[1]\n",
     "(FeatureVectorizer): its inputs have other sizes than it says"},
    {"in X l ?,2\nc C l 1 2\nDiv X,C -> D\n", "(Div): whole numbers are computed with"},
    {"in X l ?,2\nc W l 2,2 1 0 0 1\nMatMul X,W -> D\n",
     "(MatMul): of whole numbers that are not cast to float"},
    {"in X s ?,2\nCast X -> Q to=1\n", "(Cast): to type 1, which changes values"},
    {COLUMNS "c C f 2,1 1 2\nIsNaN X -> M\nWhere M,C,X -> Q\n",
     "(Where): a constant of shape [2, 1], for rows of 2"},
    {"in X l ?,1\n" UNIT "ai.onnx.ml:OneHotEncoder X -> Q cats_int64s=[1,2]\nGemm Q,W -> Y\n",
     "(Gemm): it takes rows, [N, n], and gets 3 axes"},
    /* Layers and outputs. */
    {LAYER "c S f 2 1 1\nc B f 2 0 0\nLayerNormalization H,S,B -> Y\nout Y\n",
     ": its outputs are normalised, which no model's are"},
    {LAYER "c S f 2 1 1\nc V f 2,2 0 5 7 0\nc E f 1 1e-05\nReduceMean H -> M axes=[1]\n"
     "LayerNormalization H,S -> N\nGemm N,V -> D\nSub H,M -> C\nMul C,C -> K\n"
     "ReduceMean K -> U axes=[1]\nAdd U,E -> A\nSqrt A -> R\nDiv C,R -> Q\n" QY,
     "node 'C' (Sub): a layer comes between the parts of a norm"},
    {LAYER "c Z f 4611686018427387904,0\nTranspose Z -> T\nout H\n",
     "node 'T' (Transpose): nothing but a matrix of weights"},
    {PAIR "c V f 1,1 -2\nConcat Q,P -> Y axis=1\nGemm P,V -> Z\nout Y\n",
     "node 'Z' (Gemm): a layer behind one that probabilities"},
    {PAIR "c V f 1,1 2\nGemm P,V -> Z\nSigmoid Z -> R\nConcat Q,R -> Y axis=1\nout Y\n",
     "node 'Y' (Concat): it takes what another node has taken"},
    {LAYER "c A l 2 1 0\nc B l 2 10 20\nArgMax H -> I axis=1\nGather A,I -> J\nGather B,J -> Y\n"
     "out Y\n", "node 'Y' (Gather): its labels are others than those before"},
    {"in X l ?,2\n" UNIT "Cast X -> C to=9\nCast C -> Q to=1\n" QY,
     "node 'C' (Cast): to type 9, which changes values"},
    {LAYER "c R f - 0.5\nc T t - 1\nDropout H,R,T -> Y\nout Y\n",
     "node 'Y' (Dropout): it draws at random"},
    {COLUMNS "c V f 2,2 1 2 3 4\nMatMul V,X -> Y\n",
     "(MatMul): a layer has columns or units, times a matrix of constants"},
    {"opset 13\n" LAYER "c S f 2 1 2\nc B f 2 1 2\nc M f 2 1 2\nc V f 2 1 2\n"
     "BatchNormalization H,S,B,M,V -> Y,A,B\n",
     "(BatchNormalization): it is read behind a layer, for inference"},
    {LAYER "c S f 2,1 1 1\nLayerNormalization H,S -> N axis=1\n",
     "(LayerNormalization): 2 constants are needed"},
    {LAYER "Softmax H -> Y axis=0\n", "(Softmax): along axis 0, not along a row"},
    {"opset 11\n" LAYER "Softmax H -> Y axis=0\n", "(Softmax): along axis 0, not along a row"},
    {LAYER "ArgMax H -> Y\n", "(ArgMax): along axis 0, not along a row"},
    {LAYER "ArgMax H -> Y axis=1 select_last_index=1\n",
     "(ArgMax): of equal ones the last: nudge takes the first"},
    {SUM "c O f - 1\nSigmoid H -> P\nSub O,P -> Q\nConcat Q,P -> Y axis=0\n",
     "(Concat): along axis 0, not along a row"},
    {LAYER "in T t 1,1\nc R f - 0.5\nDropout H,R,T -> Y\n",
     "(Dropout): it draws at random, as in training"},
    {LAYER "Sigmoid H -> P\nai.onnx.ml:Binarizer P -> Y threshold=0.25\n",
     "(Binarizer): it is of probabilities, at a half"},
    {LAYER "Exp H -> E\nRelu H -> R\nGemm E,W -> Y\n", "(Gemm): exp is no activation"},
    {"opset 6\n" LAYER "c C f 2 1 2\nAdd H,C -> Y broadcast=1 axis=0\n",
     ": operators as in opset 6: 7 and later are read"},
};

GRAPH_SUITE("import_graphs_near", bad, predict)
