// What training can do without, to measure what it is worth.
#pragma once

namespace kinescore {

struct LeftOut {
  bool quality = false;      // every clip counts as clean
  bool sentence = false;     // texts by their words alone, no pooled sentence
  bool progress = false;     // how far into its text a frame lies
  bool balance = false;      // clips by their length alone, see TrainingData::build
};

}  // namespace kinescore
