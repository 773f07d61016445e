package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The net effect of one state but for its locations: the deletes, then what it adds. Entries a later delete of the same
 * state takes back are left out, so applying the deletes first gives what applying the stream in order gives.
 * Immutable.
 */
record StateJournal(
        StateRecord state, List<Delete> deletes, List<ColourRecord> colours, List<PackfileRecord> packfiles) {

    /** A DELETE entry; {@code target} is the code of what it removes, unused fields are zero. */
    record Delete(int target, int type, Mac blob, Mac packfile) {}

    /** The key of a colour. */
    record Resource(int type, Mac id) {}

    /** The key of a location. */
    record Place(int type, Mac blob, Mac packfile) {}

    StateJournal {
        deletes = List.copyOf(deletes);
        colours = List.copyOf(colours);
        packfiles = List.copyOf(packfiles);
    }

    void write(DataOutput out) throws IOException {
        write(out, state.id());
        write(out, state.parent());
        out.writeLong(state.timestamp());
        out.writeLong(state.serial().getMostSignificantBits());
        out.writeLong(state.serial().getLeastSignificantBits());
        out.writeInt(deletes.size());
        for (Delete delete : deletes) {
            out.writeByte(delete.target());
            out.writeByte(delete.type());
            write(out, delete.blob());
            write(out, delete.packfile());
        }
        out.writeInt(colours.size());
        for (ColourRecord colour : colours) {
            out.writeByte(colour.type());
            write(out, colour.resource());
            out.writeLong(colour.when());
        }
        out.writeInt(packfiles.size());
        for (PackfileRecord packfile : packfiles) {
            write(out, packfile.packfile());
            write(out, packfile.state());
            out.writeLong(packfile.timestamp());
        }
    }

    /** Reads what {@link #write} wrote; the lists grow as bytes arrive, so a wrong count cannot reserve memory. */
    static StateJournal read(DataInput in) throws IOException {
        StateRecord state = new StateRecord(mac(in), mac(in), in.readLong(), new UUID(in.readLong(), in.readLong()));
        List<Delete> deletes = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            deletes.add(new Delete(in.readUnsignedByte(), in.readUnsignedByte(), mac(in), mac(in)));
        }
        List<ColourRecord> colours = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            colours.add(new ColourRecord(in.readUnsignedByte(), mac(in), in.readLong()));
        }
        List<PackfileRecord> packfiles = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            packfiles.add(new PackfileRecord(mac(in), mac(in), in.readLong(), null));
        }
        return new StateJournal(state, deletes, colours, packfiles);
    }

    static void write(DataOutput out, Mac mac) throws IOException {
        out.writeLong(mac.word(0));
        out.writeLong(mac.word(1));
        out.writeLong(mac.word(2));
        out.writeLong(mac.word(3));
    }

    static Mac mac(DataInput in) throws IOException {
        return Mac.of(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
