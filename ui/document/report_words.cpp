#include "ui/document/report_words.h"

#include <algorithm>

#include <QCoreApplication>

#include "engine/request/report_text.h"

namespace kinescore {

QString reportWords(const std::string& text, FrameRate rate) {
  const auto words = [](const char* source) { return QCoreApplication::translate("Report", source); };
  return QString::fromStdString(withPlaces(text, [&](TimeRange place) {
    const std::int64_t first = nearestFrame(place.start, rate);
    const std::int64_t last = place.isEmpty() ? first : std::max(first, nearestFrame(place.end, rate) - 1);
    return (first == last ? words("frame %1").arg(first) : words("frames %1 to %2").arg(first).arg(last)).toStdString();
  }));
}

}  // namespace kinescore
