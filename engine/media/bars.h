// Which beats begin a bar, where the sound itself tells: by how the beats' spectra repeat every three or four beats.
#pragma once

#include <span>

namespace kinescore {

struct Bars {
  int beatsPerBar = 0;  // 3 or 4; 0: cannot be told
  int firstBeat = 0;    // index of the first beat that begins a bar, below beatsPerBar
};

/// `beats` [count][width]: what sounds at each beat, in comparable units, the lowest bands first. At least four bars of
/// beats are needed.
[[nodiscard]] Bars findBars(std::span<const float> beats, int width);

}  // namespace kinescore
