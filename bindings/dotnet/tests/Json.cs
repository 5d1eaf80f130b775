using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Rollsync.Tests
{
    /// <summary>A value of a JSON text, as the golden vectors have them.</summary>
    internal sealed class Json
    {
        private readonly object value;

        private Json(object value)
        {
            this.value = value;
        }

        internal Json this[string name]
        {
            get { return ((Dictionary<string, Json>)value)[name]; }
        }

        internal List<Json> List
        {
            get { return (List<Json>)value; }
        }

        internal string Text
        {
            get { return (string)value; }
        }

        internal long Number
        {
            get { return (long)value; }
        }

        internal bool Truth
        {
            get { return (bool)value; }
        }

        internal static Json Parse(string text)
        {
            return new Reader { Text = text }.Value();
        }

        internal bool Has(string name)
        {
            return ((Dictionary<string, Json>)value).ContainsKey(name);
        }

        private sealed class Reader
        {
            internal string Text;
            private int at;

            internal Json Value()
            {
                switch (Next())
                {
                    case '{':
                        return new Json(Object());
                    case '[':
                        return new Json(Array());
                    case '"':
                        return new Json(String());
                    case 't':
                        at += 4;
                        return new Json(true);
                    case 'f':
                        at += 5;
                        return new Json(false);
                    default:
                        int from = at;
                        while (at < Text.Length && (char.IsDigit(Text[at]) || Text[at] == '-'))
                        {
                            at++;
                        }
                        return new Json(long.Parse(Text.Substring(from, at - from), CultureInfo.InvariantCulture));
                }
            }

            private char Next()
            {
                while (char.IsWhiteSpace(Text[at]))
                {
                    at++;
                }
                return Text[at];
            }

            private void Take(char expected)
            {
                if (Next() != expected)
                {
                    throw new FormatException("JSON: no " + expected + " at " + at);
                }
                at++;
            }

            private Dictionary<string, Json> Object()
            {
                var found = new Dictionary<string, Json>();
                Take('{');
                while (Next() != '}')
                {
                    string name = String();
                    Take(':');
                    found[name] = Value();
                    if (Next() == ',')
                    {
                        at++;
                    }
                }
                at++;
                return found;
            }

            private List<Json> Array()
            {
                var found = new List<Json>();
                Take('[');
                while (Next() != ']')
                {
                    found.Add(Value());
                    if (Next() == ',')
                    {
                        at++;
                    }
                }
                at++;
                return found;
            }

            private string String()
            {
                var found = new StringBuilder();
                Take('"');
                for (; Text[at] != '"'; at++)
                {
                    if (Text[at] != '\\')
                    {
                        found.Append(Text[at]);
                        continue;
                    }
                    at++;
                    if (Text[at] == 'u')
                    {
                        found.Append((char)Convert.ToInt32(Text.Substring(at + 1, 4), 16));
                        at += 4;
                    }
                    else
                    {
                        int control = "bfnrt".IndexOf(Text[at]);
                        found.Append(control < 0 ? Text[at] : "\b\f\n\r\t"[control]);
                    }
                }
                at++;
                return found.ToString();
            }
        }
    }
}
