/* ONNX graphs, each of a few nodes: columns, norms, added inputs, classes and outputs that are
 * refused, and what is asked for beside the file. */
#include "graph_fixtures.h"

#define N "Softmax H -> P\n"
#define IMPUTE(values) "Imputer X -> Z imputed_value_floats=" values " replaced_value_float=nan\n"
#define MEAN "ReduceMean H -> M axes=[1]\nSub H,M -> C\n"
#define SQUARES MEAN "Mul C,C -> S\nReduceMean S -> U axes=[1]\n"
#define NORM "c E f - 0.00001\n" SQUARES "Add U,E -> P\nSqrt P -> D\n"

static const graph_bad bad[] = {
    /* Inputs. */
    {"in X - -\n", ": input 'X' is no tensor"},
    {"in A f ?\nin B f ?,2\n", ": input 'A': how many columns it has is not told"},
    {"in A f -\nin B f ?,2\n", ": input 'A': how many columns it has is not told"},
    {"in X f ?,4294967296,4294967296\n", ": input 'X' has no possible shape"},
    /* Arithmetic of columns. */
    {X "c C f 2 1 1\nAdd X,C -> Z\n", "(Add): a constant of shape [2], for rows of 3"},
    {"in X f -\nc C f - 1\nAdd X,C -> Z\n", "it is of columns, whose number is known"},
    {"in X f -\nc C f 0\nAdd X,C -> Z\n", ": input 'X' has 0 columns"},
    {X "c C f - 2\nDiv C,X -> Z\n", "(Div): a constant is divided by columns"},
    {X "c C f - 2\nMax X,C -> Z\n", "(Max): columns are added to, multiplied and divided by"},
    {X "c C f - 0\nMul X,C -> Z\n", "(Mul): a column is multiplied by 0"},
    {X "c C f - 0\nDiv X,C -> Z\n", "(Div): a column is multiplied by inf"},
    {X "Scaler X -> Z scale=[2.0]\n", "(Scaler): 'offset' should have 3 numbers"},
    {X "Scaler X -> Z scale=[2.0] offset=[1.0,2.0]\n", "'offset' should have 3 numbers"},
    {X "Scaler X -> Z scale=[0.0] offset=[1.0]\n", "(Scaler): a column is multiplied by 0"},
    {"in X f ?,2,2\nc C f 2 1 2\nAdd X,C -> Z\n", "a constant of shape [2], for rows of 4"},
    {"in X f -\nScaler X -> Z\n", ": input 'X' has 0 columns; from 1 to"},
    {XH "Scaler H -> Z scale=[2.0] offset=[1.0]\n", "(Scaler): it is of columns"},
    /* Missing numbers. */
    {X IMPUTE("[1.0,2.0]"), "(Imputer): 'imputed_value_floats' should have 3 numbers"},
    {X "Imputer X -> Z imputed_value_floats=[1.0]\n", "missing is what is NaN, and nothing else"},
    {X IMPUTE("[1.0]") "Imputer X -> Q imputed_value_floats=[2.0] replaced_value_float=nan\n",
     "column 'x1' is filled in two ways"},
    {X IMPUTE("[inf]"), "column 'x1' has no missing numbers"},
    {"in X s ?,3\n" IMPUTE("[1.0]"), "column 'x1' has no missing numbers"},
    {"in A l ?,1\nOneHotEncoder A -> X cats_int64s=[1,2]\n" IMPUTE("[1.0]"), "of columns, [N, n]"},
    {XH "IsNaN H -> M\n", "(IsNaN): it is of columns, whose number is known"},
    {"in A l ?,1\nOneHotEncoder A -> B cats_int64s=[1,2]\nFlatten B -> X\n" IMPUTE("[1.0]"),
     "(Imputer): column 'x1' has no missing numbers"},
    {X "IsNaN X -> M\nWhere M,X,X -> Z\n", "constants are put in the place of missing numbers"},
    {X "IsNaN X -> M\nWhere M,_,X -> Z\n", "(Where): 3 inputs"},
    {X "IsNaN X -> M\nc C f - 1\nWhere M,C,_ -> Z\n", "constants are put in the place of missing"},
    {X "IsNaN X -> M\nc C f - 1\nWhere M,C,C -> Z\n", "constants are put in the place of missing"},
    {X "IsNaN X -> M\nc C f 2 1 2\nWhere M,C,X -> Z\n", "a constant of shape [2], for rows"},
    {X "IsNaN X -> M\nc I l 2 0 1\nGather X,I -> G axis=1\nc C f - 1\nWhere M,C,G -> Z\n",
     "constants are put in the place of missing numbers"},
    {X "IsNaN X -> M\nc C s - a\nWhere M,C,X -> Z\n", "texts in the place of numbers"},
    {X "IsNaN X -> M\nc C f 3 1\nWhere M,C,X -> Z\n", "'C' has not the 3 values that its shape"},
    {X "IsNaN X -> M\nc A l 1 1\nUnsqueeze X,A -> U\nc C f - 1\nWhere M,C,U -> Z\n",
     "constants are put in the place of missing numbers"},
    {X IMPUTE("[1.0]") "IsNaN X -> M\nc C f - 2\nWhere M,C,X -> Q\n",
     "(Where): column 'x1' is filled in two ways"},
    {X "IsNaN X -> M\nc I l 3 1 0 2\nGather X,I -> G axis=1\nc C f - 1\nWhere M,C,G -> Z\n",
     "a column is filled where another is missing"},
    /* Which columns. */
    {X "c I l 1 3\nGather X,I -> Z axis=1\n", "(Gather): there is no column 3 of 3"},
    {X "c I l 1 -4\nGather X,I -> Z axis=1\n", "(Gather): there is no column -4 of 3"},
    {X "c I l 1 1\nGather X,I -> Z axis=0\n", "columns by their numbers, or labels, are taken"},
    {X "Gather X,X -> Z axis=1\n", "columns by their numbers, or labels, are taken"},
    {XH "c I l 1 1\nGather H,I -> Z axis=1\n", "columns by their numbers, or labels, are taken"},
    {X "c I s 1 a\nGather X,I -> Z axis=1\n", "how many columns there are is not told"},
    {X "c I l 0\nGather X,I -> Z axis=1\n", "(Gather): 0 columns: from 1 to"},
    {"in X f ?\nc I l 1 1\nGather X,I -> Z axis=1\n", "how many columns there are is not told"},
    {XH "Concat X,H -> Z\n", "(Concat): columns are put beside columns"},
    {X "Concat X,_ -> Z\n", "(Concat): columns are put beside columns"},
    {"in X f ?\nConcat X,X -> Z\n", "(Concat): columns are put beside columns"},
    {X "c A l 1 1\nUnsqueeze X,A -> U\nConcat X,U -> Z\n", "(Concat): rows are no longer rows"},
    {"in X f ?,2,2\nConcat X,X -> Z axis=2\n", "(Concat): rows are no longer rows"},
    {X "c I l - 1\nGather X,I -> P axis=1\nFeatureVectorizer P,P -> Z\n",
     "(FeatureVectorizer): rows are no longer rows"},
    {"in X f ?,1,2\nFeatureVectorizer X,X -> Z\n", "rows are no longer rows"},
    {X "FeatureVectorizer X,X -> Z inputdimensions=[3]\n", "have other sizes than it says"},
    {X "c I l 2 1\nGather X,I -> Z axis=1\n", "'I' has not the 2 values that its shape says"},
    {"in X f ?,2,2\nc I l 1 1\nArrayFeatureExtractor X,I -> Z\n", "it is of columns, [N, n]"},
    {X "c I l 1,1,1,1,1,1,1,1 1\nGather X,I -> Z axis=1\n", "it is of columns, [N, n]"},
    {X "c C f - 2\nMul X,C -> Z\nConcat X,Z -> Q\nc U f 6,1 1 2 3 4 5 6\nMatMul Q,U -> Y\n",
     "(MatMul): column 'x1' is scaled in two ways"},
    {X "c C f - 2\nAdd X,C -> Z\nConcat X,Z -> Q\nc U f 6,1 1 2 3 4 5 6\nMatMul Q,U -> Y\n",
     "(MatMul): column 'x1' is scaled in two ways"},
    /* Categories. */
    {X "OneHotEncoder X -> Z cats_int64s=[1,2]\n", "one column is taken, as it comes"},
    {XH "OneHotEncoder H -> Z cats_int64s=[1,2]\n", "(OneHotEncoder): it is of columns"},
    {"in A f ?,1\nOneHotEncoder A -> Z cats_int64s=[1,2]\n", "the categories of column 'x1' are"},
    {"in A l ?,1\nOneHotEncoder A -> Z\n", "(OneHotEncoder): it has no categories"},
    {"in A l ?,1\nc C l - 1\nAdd A,C -> B\n", "whole numbers are computed with before they are"},
    {"in A l ?,1\nOneHotEncoder A -> B cats_int64s=[1]\nOneHotEncoder B -> Z cats_int64s=[1]\n",
     "one column is taken, as it comes"},
    {"in A l ?,1\nOneHotEncoder A -> B cats_int64s=[1]\nOneHotEncoder A -> Z cats_int64s=[1]\n",
     "column 'x1' is used in two ways"},
    {"in A l ?,1\nOneHotEncoder A -> B cats_int64s=[1,2,1]\n", "'1' is twice among its categories"},
    {"in A l ?,1\nImputer A -> X imputed_value_floats=[1.0] replaced_value_float=nan\n"
     "OneHotEncoder A -> B cats_int64s=[1]\n", "(OneHotEncoder): column 'x1' is used in two ways"},
    {"in A l ?,1\nc C f - 1\nCast A -> F to=1\nAdd F,C -> B\nOneHotEncoder B -> Z "
     "cats_int64s=[1]\n", "one column is taken, as it comes"},
    {"in A l ?,1\nc C f - 2\nCast A -> F to=1\nMul F,C -> B\nOneHotEncoder B -> Z "
     "cats_int64s=[1]\n", "one column is taken, as it comes"},
    {"in A l ?,1,1,1,1,1,1,1\nOneHotEncoder A -> Z cats_int64s=[1]\n", "one column is taken, as"},
    {"in A s ?,1\nOneHotEncoder A -> B cats_strings=\"a|b\nFlatten B -> C\nConcat C,A -> X\n" W
     "MatMul X,W -> H\n", "column 'x1' is taken as a number and as categories"},
    {"in A f ?,2\nin \xff f ?,1\nConcat A,\xff -> X\n" W "MatMul X,W -> H\n",
     "is no text of UTF-8"},
    {"in A s ?,1\nOneHotEncoder A -> B cats_strings=\"a|\xff\n", "is no text of UTF-8, as names"},
    {"in A l ?,1\nOneHotEncoder A -> B cats_int64s=[1,2]\nFlatten B -> C\nConcat A,C -> D\n"
     W "Cast D -> X to=1\nMatMul X,W -> H\n", "column 'x1' is taken as a number and as categories"},
    {XW "c C d - 1e-310\nMul X,C -> Z\nMatMul Z,W -> H\n" HY, ": input 1 is scaled by 1e-310"},
    /* Norms. */
    {XH "LayerNormalization H,_ -> R\n", "(LayerNormalization): 2 inputs"},
    {X "c G f 3 1 1 1\nLayerNormalization X,G -> R\n", "nudge's is of units of a row, with an"},
    {XH "c G f 2 1 1\nLayerNormalization H,G -> R axis=0\n", "nudge's is of units of a row"},
    {XH "c G f 2 1 1\nLayerNormalization H,G -> R epsilon=0.1\n", "with an epsilon of 1e-5"},
    {XH "c G f 3 1 1 1\nLayerNormalization H,G -> R\n", "2 constants are needed"},
    {XH "c G f 2 1 1\nLayerNormalization H,G,_ -> R\n", "2 constants are needed"},
    {XH "LayerNormalization H,H -> R\n", "2 constants are needed"},
    {XH "c G s 2 a b\nLayerNormalization H,G -> R\n", "constants are numbers"},
    {XH "c G f 2 1 1\nLayerNormalization H,G -> R\nLayerNormalization R,G -> Q\n",
     "what is normalised has factors of its units, or was normalised"},
    {XH "c G f 2 1 1\nRelu H -> R\nMul R,G -> Q\nLayerNormalization Q,G -> S\n",
     "what is normalised has factors of its units, or was normalised"},
    {XH "c G f 2 1 1\nExp H -> R\nLayerNormalization R,G -> Q\n", "has factors of its units"},
    {XH "ReduceMean H -> M axes=[0]\n", "it is not the mean of each row, kept as a column"},
    {XH "ReduceMean H -> M axes=[1] keepdims=0\n", "it is not the mean of each row"},
    {XH "ReduceMean H -> M axes=[0,1]\n", "it is not the mean of each row"},
    {XH "ReduceMean H -> M\n", "it is not the mean of each row"},
    {XH "c A l 2 0 1\nReduceMean H,A -> M\n", "it is not the mean of each row"},
    {XH "c A s 1 a\nReduceMean H,A -> M\n", "it is not the mean of each row"},
    {XH "ReduceMean H,X -> M\n", "it is not the mean of each row"},
    {XH "c A l 1 0\nReduceMean H,A -> M\n", "it is not the mean of each row"},
    {XH "c A l 2 1\nReduceMean H,A -> M\n", "'A' has not the 2 values that its shape says"},
    {XH "MatMul H,V -> Z\nSqueeze Z -> Q\nReduceMean Q -> M axes=[1]\n", "of units of a layer"},
    {XH "Abs H -> A\nReduceMean A -> M axes=[1]\n", "(Abs): what it makes of layer 1 is no"},
    {XH NORM "Div C,D -> R\nReduceMean R -> M2 axes=[1]\n", "has factors of its units, or was"},
    {X "ReduceMean X -> M axes=[1]\n", "(ReduceMean): it is of units of a layer"},
    {XH MEAN "MatMul H,V -> Y\nSub H,M -> D\n", "a layer comes between the parts of a norm"},
    {XH "c C f 2 1 2\nRelu H -> R\nReduceMean R -> M axes=[1]\nMul R,C -> Q\nSub R,M -> D\n",
     "(Sub): a layer comes between the parts of a norm"},
    {XH MEAN "Mul C,C -> S\nMatMul H,V -> Y\nReduceMean S -> U axes=[1]\n",
     "(ReduceMean): a layer comes between the parts of a norm"},
    {XH "c E f - 0.00001\n" SQUARES "Add U,E -> P\nMatMul H,V -> Y\nSqrt P -> D\n",
     "(Sqrt): a layer comes between the parts of a norm"},
    {XH MEAN "c T f - 3\nPow C,T -> S\n", "it takes what another node has taken, too"},
    {XH "ReduceMean H -> M axes=[1]\nAbs H -> A\nSub A,M -> C\n", "it takes what another node has"},
    {XH MEAN "Mul C,H -> S\n", "it takes what another node has taken, too: a branch"},
    {XH SQUARES "c E f - 0.1\nAdd U,E -> P\n", "it takes what another node has taken, too"},
    {XH SQUARES "c E f 2 0.00001 0.00001\nAdd U,E -> P\n", "another node has taken, too"},
    {XH SQUARES "c E f 1,1,1 0.00001\nAdd U,E -> P\n", "another node has taken, too"},
    {XH SQUARES "c E s - 0.00001\nAdd U,E -> P\n", "(Add): of texts"},
    {XH SQUARES "Add U,H -> P\n", "it takes what another node has taken, too"},
    {XH SQUARES "Sqrt U -> D\n", "it takes what another node has taken, too: a branch"},
    {XH NORM "Abs P -> Q\n", "it takes what another node has taken, too: a branch"},
    {XH NORM "Div H,D -> R\n", "it takes what another node has taken, too: a branch"},
    {XH NORM "Div C,U -> R\n", "it takes what another node has taken, too: a branch"},
    {XH NORM "ReduceMean H -> M2 axes=[1]\nSub H,M2 -> C2\nDiv C2,D -> R\n", "a branch"},
    {XH NORM "Div C,D -> R\nout R\n", ": its outputs are normalised, which no model's are"},
    {XH NORM "Div C,D -> R\n" SQUARE "MatMul R,Q -> G\nRelu G -> J\nMatMul J,V -> Y\nout Y\n",
     ": some layers normalise their input, and not all that could"},
    /* Added inputs. */
    {XH SQUARE "MatMul H,Q -> G\nAdd G,H -> R\nout R\n", ": layer 2 adds its input, which in"},
    {XH SQUARE "MatMul H,Q -> G\nc C f 2 1 2\nRelu G -> A\nMul A,C -> B\nAdd B,H -> R\n",
     "a layer's input is added to something else than what its activation gives"},
    {XH SQUARE "MatMul H,Q -> G\nExp G -> E\nAdd E,H -> R\n", "is added to something else"},
    {XH SQUARE "MatMul H,Q -> G\nAbs G -> A\nAdd A,H -> R\n", "(Abs): what it makes of layer 2"},
    {XH "MatMul H,V -> Z\nc U f 1,1 2\nMatMul Z,U -> Y\nSqueeze Y -> Q\nAdd Q,Z -> R\n",
     "(Add): it takes what another node has taken, too"},
    {XH SQUARE "c G f 2 1 1\nLayerNormalization H,G -> N1\nMatMul N1,Q -> A\nAdd A,H -> B\n"
     "LayerNormalization B,G -> N2\nMatMul N2,Q -> C\nLayerNormalization C,G -> N3\n"
     "MatMul N3,V -> Y\nout Y\n", ": some layers add their input, and not all that could"},
    {XH SQUARE "MatMul H,Q -> G\nAdd H,G -> R\nAdd H,R -> S\n", "is added to something else"},
    {XH SQUARE "MatMul H,Q -> G\nAdd G,H -> R\nMatMul R,Q -> J\n" "MatMul J,V -> Y\nout Y\n",
     ": some layers add their input, and not all that could"},
    /* Classes and outputs. */
    {XH "MatMul H,V -> Y\nSoftmax Y -> P\n", "(Softmax): it is of 2 units or more"},
    {X "Softmax X -> P\n", "(Softmax): it is of 2 units or more"},
    {XH "Relu H -> R\nSoftmax R -> P\n", "(Softmax): it is of units without activation"},
    {XH "Exp H -> R\nSoftmax R -> P\n", "(Softmax): it is of units without activation"},
    {XH "Abs H -> R\nSoftmax R -> P\n", "(Abs): what it makes of layer 1 is no activation"},
    {XH "c C f - 2\nc D f 2 1 2\nMul H,C -> A\nAdd H,D -> B\nSoftmax A -> P\n",
     "(Softmax): it takes what another node has taken, too: a branch"},
    {XH "c C f 2 1 2\nRelu H -> R\nMul R,C -> Q\nSoftmax Q -> P\n", "it is of units without"},
    {XH "Concat H,H -> P\n", "units beside each other are 1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,P,P -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,_ -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,X -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,Y -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat Y,P -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,H -> Q\n", "1 - p and p of two classes"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nSqueeze P -> R\nConcat P,R -> Q\n", "1 - p and p of"},
    {XH "MatMul H,V -> Y\nc C f - 2\nc O f - 1\nPow Y,C -> P\nSub O,P -> Q\nConcat Q,P -> R\n",
     "(Pow): what it makes of layer 2 is no activation that nudge has"},
    {XH "MatMul H,V -> Y\nSigmoid Y -> P\nConcat P,P -> Q\n", "are not 1 - p and p"},
    {XH "MatMul H,V -> Y\nc C f - 1\nTanh Y -> P\nSub C,P -> Q\nConcat Q,P -> R\n",
     "the second of two classes has a sigmoid"},
    {XH "Sigmoid H -> P\nBinarizer P -> L\n", "(Binarizer): it is of probabilities, at a half"},
    {X "Binarizer X -> L threshold=0.5\n", "(Binarizer): it is of probabilities, at a half"},
    {XH "Tanh H -> P\nBinarizer P -> L threshold=0.5\n", "it is of probabilities, by sigmoid"},
    {XH "Abs H -> P\nBinarizer P -> L threshold=0.5\n", "(Abs): what it makes of layer 1 is no"},
    {XH "c C f 2 1 2\nSigmoid H -> P\nMul P,C -> Q\nBinarizer Q -> L threshold=0.5\n",
     "it is of probabilities, by sigmoid"},
    {XH "c C f 2 1 2\nSigmoid H -> P\nBinarizer P -> L threshold=0.5\nMul P,C -> Q\nout Q\n",
     ": more follows its probabilities"},
    {XH "ArgMax H -> I axis=1\nc L f 2 0.5 1\nArrayFeatureExtractor L,I -> K\n",
     "label 0.5 is no whole number"},
    {XH "ArgMax H -> I axis=1\nc L f 2 nan 1\nArrayFeatureExtractor L,I -> K\n", "label nan is no"},
    {XH "ArgMax H -> I axis=1\nc L l 0\nArrayFeatureExtractor L,I -> K\n", "there are no labels"},
    {XH "ArgMax H -> I axis=1\nc L l 2 3\nGather L,I -> K\n", "'L' has not the 2 values that its"},
    {XH "Relu H -> R\nArgMax R -> I axis=1\n", "(ArgMax): it is of units without activation"},
    {XH "ArgMax H -> I axis=1\nc L l 2 3 4\nGather L,I -> K\n" N "ZipMap P -> Z "
     "classlabels_int64s=[3,5]\n", "(ZipMap): its labels are others than those before"},
    {XH "ArgMax H -> I axis=1\nc L l 2 3 4\nArrayFeatureExtractor L,I -> K\nc M l 3 3 4 5\n"
        "ArrayFeatureExtractor M,I -> J\n", "its labels are others than those before"},
    {XH "ArgMax H -> I axis=1\nc L l 2 3 4\nArrayFeatureExtractor L,I -> K\nc M l 2 3 5\n"
        "ArrayFeatureExtractor M,I -> J\n", "its labels are others than those before"},
    {XH "ArgMax H -> I axis=1\nc L l 3 3 4 5\nArrayFeatureExtractor L,I -> K\nout K\n",
     " has 3 labels for 2 classes"},
    {XH "ArgMax H -> I axis=1\nc L s 2 a \xff\nArrayFeatureExtractor L,I -> K\nout K\n",
     "is no text of UTF-8"},
    {XH N "ZipMap P -> Z classlabels_int64s=[1]\n", "probabilities, which have a label each"},
    {XH N "ZipMap P -> Z\n", "it is of probabilities, which have a label each"},
    {XH "ZipMap H -> Z classlabels_int64s=[1,2]\n", "it is of probabilities"},
    {XH "c C d 2 1e-310 1\nRelu H -> R\nMul R,C -> Q\nout Q\n", ": output 1 is scaled by 1e-310"},
    {XH N "out M\n", ": output 'M' is nothing that a layer gives"},
};

/* ---- What is asked for ------------------------------------------------------------------ */

static const char *const three[] = {"a", "b", "c"};

#define SIGMOID XH "MatMul H,V -> Z\nSigmoid Z -> Y\nout Y\n"
#define LABELLED XH "ArgMax H -> I axis=1\nc L l 2 3 4\nArrayFeatureExtractor L,I -> K\nout K\n"

static const struct {
    const char *graph;
    nudge_task task;
    size_t names, classes;
    nudge_status status;
    const char *words; /* the setting, of those refused; the loss */
} asked[] = {
    {XH HY, NUDGE_CLASSIFICATION, 0, 0, NUDGE_OK, "bce"},
    {XH "out H\n", NUDGE_CLASSIFICATION, 0, 0, NUDGE_OK, "cross-entropy"},
    {XH "c C f 2 1 2\nMul H,C -> R\nout R\n", NUDGE_CLASSIFICATION, 0, 2, NUDGE_OK,
     "cross-entropy"},
    {XH HY, NUDGE_REGRESSION, 3, 0, NUDGE_OK, "mse"},
    {SIGMOID, NUDGE_REGRESSION, 0, 0, NUDGE_OK, "mse"},
    {SIGMOID, NUDGE_CLASSIFICATION, 3, 2, NUDGE_OK, "bce"},
    {LABELLED, 0, 0, 2, NUDGE_OK, "cross-entropy"},
    {LABELLED, 0, 0, 0, NUDGE_OK, "cross-entropy"},
    {LABELLED, NUDGE_REGRESSION, 0, 0, NUDGE_EARGUMENT, "task"},
    {LABELLED, 0, 0, 3, NUDGE_EARGUMENT, "classes"},
    {SIGMOID, 0, 0, 3, NUDGE_EARGUMENT, "classes"},
    {XH "Relu H -> R\nout R\n", NUDGE_CLASSIFICATION, 0, 0, NUDGE_EARGUMENT, "task"},
    {XH "c C f 2 1 2\nSigmoid H -> S\nMul S,C -> Y\nout Y\n", NUDGE_CLASSIFICATION, 0, 0,
     NUDGE_EARGUMENT, "task"},
    {XH "MatMul H,V -> Z\nSigmoid Z -> S\nc C f 1 2\nMul S,C -> Y\nout Y\n", NUDGE_CLASSIFICATION,
     0, 0, NUDGE_EARGUMENT, "task"},
    {XH "MatMul H,V -> Z\nSigmoid Z -> S\nc C f 1 2\nAdd S,C -> Y\nout Y\n", NUDGE_CLASSIFICATION,
     0, 0, NUDGE_EARGUMENT, "task"},
    {XH "Exp H -> R\nout R\n", NUDGE_CLASSIFICATION, 0, 0, NUDGE_EARGUMENT, "task"},
    {XH "Sigmoid H -> R\nout R\n", NUDGE_CLASSIFICATION, 0, 0, NUDGE_EARGUMENT, "task"},
    {XH HY, 0, 0, 2, NUDGE_EARGUMENT, "classes"},
    {XH HY, 0, 2, 0, NUDGE_EARGUMENT, "names"},
    {"in X f -\n" W V "MatMul X,W -> H\n" HY, 0, 2, 0, NUDGE_EARGUMENT, "names"},
    {"in X f ?,?\nc S l 2 -1 2\nReshape X,S -> Q\n", 0, 3, 0, NUDGE_EARGUMENT, "names"},
    {"in X l -\nOneHotEncoder X -> Q cats_int64s=[1,2]\n", 0, 3, 0, NUDGE_EARGUMENT, "names"},
    {"in A f ?,2\nin B f ?,1\n", 0, 3, 0, NUDGE_EARGUMENT, "names"},
};

START_TEST(asked_for)
{
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        nudge_import_options o = nudge_import_defaults();
        nudge_model *m = NULL;
        const char *path = graph_write("m.onnx", asked[i].graph);
        o.task = asked[i].task;
        o.names = three;
        o.n_names = asked[i].names;
        o.classes = three;
        o.n_classes = asked[i].classes;
        ck_status(nudge_model_import(&m, path, &o, &err), asked[i].status, &err);
        if (asked[i].status != NUDGE_OK) {
            ck_assert_ptr_null(m);
            ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "no path: %s", err.text);
            ck_assert_str_eq(err.setting, asked[i].words);
            continue;
        }
        nudge_model_info info = nudge_model_describe(m);
        ck_assert_str_eq(nudge_loss_name(info.loss), asked[i].words);
        ck_assert_str_eq(nudge_prep_column_name(info.prep, 1), asked[i].names > 0 ? "b" : "x2");
        if (asked[i].classes > 0)
            ck_assert_str_eq(nudge_prep_class_label(info.prep, 1), "b");
        nudge_model_free(m);
    }
}
END_TEST

GRAPH_SUITE("import_graph_ends", bad, asked_for)
