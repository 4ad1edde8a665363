//! Compiles `proto/profile.proto` into Rust without protoc: protox parses the schema and
//! prost-build writes the types.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema = "proto/profile.proto";
    println!("cargo:rerun-if-changed={schema}");
    let mut descriptors = protox::compile([schema], ["proto"])?;
    read_strings_as_bytes(&mut descriptors);
    prost_build::Config::new().compile_fds(descriptors)?;
    Ok(())
}

/// Real profiles hold names that are not UTF-8, and a protobuf `string` that is not UTF-8 fails
/// the whole message in prost. The schema keeps the format's own type; only the generated Rust
/// holds bytes.
fn read_strings_as_bytes(descriptors: &mut prost_types::FileDescriptorSet) {
    use prost_types::field_descriptor_proto::Type;
    for message in descriptors.file.iter_mut().flat_map(|file| &mut file.message_type) {
        for field in &mut message.field {
            if field.r#type == Some(Type::String as i32) {
                field.r#type = Some(Type::Bytes as i32);
            }
        }
    }
}
