// What the pages of the inspector are made of.
#pragma once

#include <QScrollArea>

#include "ui/widgets/basics.h"
#include "ui/widgets/field_label.h"
#include "ui/widgets/fields.h"

namespace kinescore {

/// A page of sections that scrolls when the window is low.
struct PageParts {
  QScrollArea* scroll;
  QWidget* body;
  QVBoxLayout* column;
};
[[nodiscard]] PageParts makePage(QWidget* parent);
QVBoxLayout* addSection(const PageParts& page);

/// A field under its name. The name of a number drags it.
[[nodiscard]] QVBoxLayout* withLabel(const QString& words, QWidget* field, QWidget* parent);
[[nodiscard]] QVBoxLayout* withLabel(const QString& words, FrameField* field, QWidget* parent);
[[nodiscard]] QVBoxLayout* withLabel(const QString& words, NumberField* field, QWidget* parent);

}  // namespace kinescore
