/** Cases that are left out for one reason: those with one of these ops in their graph, and those of these names. */
export interface Exclusion {
  readonly reason: string;
  readonly ops?: readonly string[];
  /** Without the 'test_' before each. A final '*' stands for any ending. */
  readonly names?: readonly string[];
}

/** Whatever else does not pass fails the test, and so does a case here that passes, or an entry that no case has. */
export const exclusions: readonly Exclusion[] = [
  { reason: 'losses, for training', ops: ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'] },
  { reason: 'optimisers, for training', ops: ['Adagrad', 'Adam', 'Momentum'] },
  { reason: "normalisation by the batch's own statistics", names: ['batchnorm_epsilon_training_mode', 'batchnorm_example_training_mode'] },
  {
    reason: 'sequences and optional values',
    ops: ['SequenceMap', 'SequenceInsert', 'SequenceEmpty', 'OptionalGetElement', 'OptionalHasElement'],
    names: ['identity_opt', 'identity_sequence', 'if_opt', 'if_seq', 'loop16_seq_none'],
  },
  {
    reason: 'strings',
    ops: ['StringNormalizer', 'TfIdfVectorizer'],
    names: ['cast_FLOAT_to_STRING', 'cast_STRING_to_FLOAT', 'castlike_FLOAT_to_STRING*', 'castlike_STRING_to_FLOAT*'],
  },
  { reason: 'recurrence and loops', ops: ['RNN', 'GRU', 'LSTM', 'Loop', 'Scan'] },
  { reason: 'signals', ops: ['BlackmanWindow', 'HammingWindow', 'HannWindow', 'DFT', 'STFT', 'MelWeightMatrix'] },
  { reason: 'object detection', ops: ['NonMaxSuppression', 'RoiAlign', 'GridSample'] },
  { reason: 'rare in classifiers', ops: ['BitShift', 'Det', 'Unique', 'MaxUnpool'] },
  { reason: 'random numbers, which a case cannot foretell', ops: ['Bernoulli', 'RandomUniformLike'], names: ['training_dropout*'] },
  { reason: 'bfloat16, which the case stores as whole numbers', names: ['cast_BFLOAT16_to_FLOAT', 'cast_FLOAT_to_BFLOAT16', 'castlike_BFLOAT16_to_FLOAT*', 'castlike_FLOAT_to_BFLOAT16*'] },
  { reason: 'a tensor without values', names: ['reshape_allowzero_reordered'] },
  { reason: 'Resize by regions', names: ['resize_tf_crop_and_resize'] },
  { reason: 'what ONNX Runtime answers otherwise too', names: ['resize_downsample_scales_cubic_align_corners', 'resize_downsample_scales_linear_align_corners'] },
];
