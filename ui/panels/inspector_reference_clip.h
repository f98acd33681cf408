// The inspector's page of a reference clip: which captured motion is shown, which part of it, and how.
#pragma once

#include "ui/document/clip_library.h"
#include "ui/document/session.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/fields.h"

namespace kinescore {

class StrengthEditor;

class ReferenceClipPage : public QWidget {
  Q_OBJECT

 public:
  explicit ReferenceClipPage(Session& session, QWidget* parent = nullptr);
  /// How long clips are, and which are there; may be null.
  void setLibrary(const ClipLibrary* library);
  /// Off for a model that does not look at captured motion.
  void setHeard(bool heard);
  void showClip(const Clip& clip, bool isOpen);

 private:
  void change(const QString& step, const std::function<void(ReferenceCondition&)>& edit);
  void trim(TimeRange span);
  [[nodiscard]] std::shared_ptr<const Clip> clip() const;
  [[nodiscard]] QWidget* makeTimes(QWidget* parent);
  void makeFields(QWidget* parent, QVBoxLayout* column);
  void refreshFacts(const Clip& clip, const ReferenceCondition& reference);

  Session& session_;
  const ClipLibrary* library_ = nullptr;
  ObjectId id_;
  bool isHeard_ = true, isRefreshing_ = false;
  QLabel *name_, *source_, *part_, *note_;
  NumberField *from_, *speed_;
  SegmentedChoice *mirror_, *use_, *chosen_;
  FrameField *start_, *end_, *length_;
  StrengthEditor* strength_;
  QLabel* strengthValue_;
};

}  // namespace kinescore
