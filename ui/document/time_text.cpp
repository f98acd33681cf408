#include "ui/document/time_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QRegularExpression>

namespace kinescore {
namespace {

std::int64_t nominalFps(FrameRate rate) { return std::llround(rate.fps()); }

}  // namespace

QString timecodeOf(std::int64_t frame, FrameRate rate) {
  const std::int64_t fps = std::max<std::int64_t>(1, nominalFps(rate));
  const QString sign = frame < 0 ? QStringLiteral("-") : QString();
  const std::int64_t count = std::abs(frame);
  const std::int64_t seconds = count / fps;
  const auto two = [](std::int64_t n) { return QStringLiteral("%1").arg(n, 2, 10, QChar(u'0')); };
  return sign + two(seconds / 3600) + u':' + two(seconds / 60 % 60) + u':' + two(seconds % 60) + u':' +
         two(count % fps);
}

QString timeText(std::int64_t frame, FrameRate rate, TimeDisplay display) {
  switch (display) {
    case TimeDisplay::Frames: return QString::number(frame);
    case TimeDisplay::Seconds:
      return QString::number(secondsOf(ticksOfFrame(frame, rate)), 'f', 2) + QStringLiteral(" s");
    case TimeDisplay::Timecode: return timecodeOf(frame, rate);
  }
  return {};
}

std::optional<std::int64_t> frameFromText(const QString& text, FrameRate rate, std::int64_t current) {
  QString word = text.trimmed().toLower();
  int sign = 0;
  if (word.startsWith(u'+')) {
    sign = 1;
    word.remove(0, 1);
  } else if (word.startsWith(u'-')) {
    sign = -1;
    word.remove(0, 1);
  }
  static const QRegularExpression frames(QStringLiteral("^(\\d{1,9})\\s*f?$"));
  static const QRegularExpression seconds(QStringLiteral("^(\\d{1,6}(?:[.,]\\d+)?)\\s*s$"));
  static const QRegularExpression timecode(QStringLiteral("^(?:(\\d+):)?(?:(\\d+):)?(\\d+):(\\d+)$"));
  std::int64_t value = 0;
  if (const auto match = frames.match(word); match.hasMatch()) {
    value = match.captured(1).toLongLong();
  } else if (const auto inSeconds = seconds.match(word); inSeconds.hasMatch()) {
    QString number = inSeconds.captured(1);
    number.replace(u',', u'.');
    value = nearestFrame(ticksFromSeconds(number.toDouble()), rate);
  } else if (const auto code = timecode.match(word); code.hasMatch()) {
    // Missing parts are missing from the front: "2:12" is seconds and frames.
    const bool hasMinutes = !code.captured(1).isEmpty();
    const bool hasHours = !code.captured(2).isEmpty();
    const std::int64_t hours = hasHours ? code.captured(1).toLongLong() : 0;
    const std::int64_t minutes =
        hasHours ? code.captured(2).toLongLong() : (hasMinutes ? code.captured(1).toLongLong() : 0);
    const std::int64_t whole = hours * 3600 + minutes * 60 + code.captured(3).toLongLong();
    value = whole * nominalFps(rate) + code.captured(4).toLongLong();
  } else {
    return std::nullopt;
  }
  return sign == 0 ? value : current + sign * value;
}

QString rateText(FrameRate rate) {
  const double fps = rate.fps();
  const bool isWhole = rate.denominator == 1;
  return QString::number(fps, 'f', isWhole ? 0 : (std::abs(fps - 23.976) < 0.01 ? 3 : 2)) +
         QStringLiteral(" fps");
}

const std::vector<FrameRate>& offeredRates() {
  static const std::vector<FrameRate> rates{{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1},
                                            {48, 1},       {50, 1}, {60000, 1001}, {60, 1}, {120, 1}};
  return rates;
}

int rateIndex(FrameRate rate) {
  const auto& rates = offeredRates();
  const auto place = std::find(rates.begin(), rates.end(), rate);
  return place == rates.end() ? -1 : int(place - rates.begin());
}

QString roughDuration(double seconds) {
  constexpr std::array<int, 7> kSteps = {1, 2, 3, 5, 10, 15, 30};
  for (const int step : kSteps) {
    if (seconds <= step * 1.2) {
      return QCoreApplication::translate("Time", "about %1 s").arg(step);
    }
  }
  const int minutes = std::max(1, int(std::lround(seconds / 60)));
  return QCoreApplication::translate("Time", "about %1 min").arg(minutes);
}

}  // namespace kinescore
